# A certificate authority of our own, a good server certificate, and the bad ones that a client must refuse.
new="-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
openssl req -x509 $new -keyout ca.key -out ca.pem -days 3650 -subj "/CN=Restante test authority" \
  -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign,cRLSign"

# leaf NAME DAYS SUBJECT-ALT-NAMES
leaf() {
  openssl req $new -keyout "$1.key" -out "$1.req" -subj "/CN=localhost"
  printf "subjectAltName=%s\nbasicConstraints=CA:FALSE\nextendedKeyUsage=serverAuth\n" "$3" > "$1.ext"
  openssl x509 -req -in "$1.req" -CA ca.pem -CAkey ca.key -CAcreateserial -days "$2" -extfile "$1.ext" -out "$1.pem"
}
leaf server 825 "DNS:localhost,DNS:mail.shop.test,IP:127.0.0.1"
leaf wrong_host 825 "DNS:elsewhere.test"
leaf expired -1 "DNS:localhost,IP:127.0.0.1"
openssl req -x509 $new -keyout self_signed.key -out self_signed.pem -days 825 -subj "/CN=localhost" \
  -addext "subjectAltName=DNS:localhost,IP:127.0.0.1"
chmod 600 ./*.key
