/* Loaded before libc: the FAIL_AT-th call that changes files below FAIL_BELOW fails with EIO, or (FAIL_HOW=kill) ends
   the process as kill -9 would. All threads are counted together. FAIL_COUNT names a file that says how many there were. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static long counted;

static int below(const char *path) {
  const char *folder = getenv("FAIL_BELOW");
  return folder && path && strncmp(path, folder, strlen(folder)) == 0;
}

static int file_below(int fd) {
  char link[32], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return below(path);
}

/* Whether the call that is about to happen has to fail. */
static int due(void) {
  const char *at = getenv("FAIL_AT"), *how = getenv("FAIL_HOW");
  long number = __atomic_add_fetch(&counted, 1, __ATOMIC_SEQ_CST);
  if (!at || number != atol(at)) return 0;
  if (how && strcmp(how, "kill") == 0) kill(getpid(), SIGKILL);
  errno = EIO;
  return 1;
}

__attribute__((destructor)) static void tell(void) {
  const char *name = getenv("FAIL_COUNT");
  FILE *file = name ? fopen(name, "w") : NULL;
  if (!file) return;
  fprintf(file, "%ld", counted);
  fclose(file);
}

#define REAL(name) \
  static __typeof__(&name) real; \
  if (!real) real = (__typeof__(&name))dlsym(RTLD_NEXT, #name)

#define ON_FD(result, name, parameters, arguments) \
  result name parameters { REAL(name); return file_below(fd) && due() ? -1 : real arguments; }

ON_FD(ssize_t, write, (int fd, const void *bytes, size_t n), (fd, bytes, n))
ON_FD(ssize_t, writev, (int fd, const struct iovec *pieces, int n), (fd, pieces, n))
ON_FD(ssize_t, pwrite, (int fd, const void *bytes, size_t n, off_t at), (fd, bytes, n, at))
ON_FD(ssize_t, pwrite64, (int fd, const void *bytes, size_t n, off64_t at), (fd, bytes, n, at))
ON_FD(int, fsync, (int fd), (fd))
ON_FD(int, fdatasync, (int fd), (fd))
ON_FD(int, ftruncate, (int fd, off_t length), (fd, length))
ON_FD(int, ftruncate64, (int fd, off64_t length), (fd, length))

int rename(const char *from, const char *to) { REAL(rename); return below(to) && due() ? -1 : real(from, to); }

static mode_t mode_of(int flags, va_list more) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(more, mode_t) : 0; }

#define OPENING(name) \
  int name(const char *path, int flags, ...) { \
    REAL(name); \
    va_list more; \
    va_start(more, flags); \
    mode_t mode = mode_of(flags, more); \
    va_end(more); \
    return below(path) && due() ? -1 : real(path, flags, mode); \
  }
OPENING(open)
OPENING(open64)
