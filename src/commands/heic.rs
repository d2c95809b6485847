//! `restante decode-heic`, which nobody types: reads a phone's HEIC from standard input and writes its pixels to standard
//! output, within limits that it sets for itself before it reads a byte (`app::heic` says why). It knows no data folder.

use crate::app::heic::to_wire;
use crate::web::{PHOTO_SIDE, Pixels};
use anyhow::{Context, ensure};
use image::{DynamicImage, RgbImage, imageops::FilterType};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use std::io::{Read, Write};

/// A HEIC of 24 megapixels, the most that phones take by themselves, is decoded and made smaller within 300 MB.
const PIXELS_MAX: u64 = 26_000_000;
const SIDE_MAX: u32 = 20_000;
/// More than any photo that we take or any mail holds.
const HEIC_BYTES_MAX: u64 = 64 * 1024 * 1024;
/// All of its memory, the binary included.
const MEMORY_BYTES: u64 = 700 * 1024 * 1024;
const CPU_SECONDS: u64 = 10;
/// It works after everything else on the machine.
const NICE: i32 = 19;

pub fn run() -> anyhow::Result<()> {
    confine().context("no limits, no picture")?;
    let mut heic = Vec::new();
    std::io::stdin().lock().take(HEIC_BYTES_MAX + 1).read_to_end(&mut heic)?;
    ensure!(heic.len() as u64 <= HEIC_BYTES_MAX, "too large");
    let picture = decode(&heic).context("not a picture that can be decoded")?;
    Ok(std::io::stdout().lock().write_all(&to_wire(&picture))?)
}

/// The pixels, turned as the file says (what Exif says of it does not count: ISO 23008-12 6.5.10), and made smaller when
/// they are many. The size that a file declares is bounded here; what it makes the decoder do is bounded by `confine` alone.
pub fn decode(heic: &[u8]) -> Option<Pixels> {
    let info = heic_rs::probe(heic).ok()?;
    let pixels = u64::from(info.coded_width) * u64::from(info.coded_height);
    if pixels > PIXELS_MAX || info.coded_width.max(info.coded_height) > SIDE_MAX {
        return None;
    }
    let options = heic_rs::DecodeOptions { max_pixels: Some(PIXELS_MAX), ..heic_rs::DecodeOptions::default() };
    let picture = heic_rs::decode(heic, &options).ok()?;
    let mut picture = RgbImage::from_raw(picture.width, picture.height, picture.data)?;
    if picture.width().max(picture.height()) > PHOTO_SIDE {
        picture = DynamicImage::ImageRgb8(picture).resize(PHOTO_SIDE, PHOTO_SIDE, FilterType::Triangle).into_rgb8();
    }
    Some(Pixels { width: picture.width(), height: picture.height(), rgb: picture.into_raw() })
}

/// Less memory and time than would hurt the server beside it, and no files: not to write, not to open, none left behind.
fn confine() -> std::io::Result<()> {
    // Both are kindnesses that not every system knows: it goes first when memory is short, and last when there is work.
    std::fs::write("/proc/self/oom_score_adj", "1000").ok();
    rustix::process::nice(NICE).ok();
    // Who asked may be gone before it has ended.
    #[cfg(target_os = "linux")]
    rustix::process::set_parent_process_death_signal(Some(rustix::process::Signal::KILL))?;
    let limits = [(Resource::As, MEMORY_BYTES), (Resource::Cpu, CPU_SECONDS), (Resource::Fsize, 0), (Resource::Core, 0), (Resource::Nofile, 0)];
    for (resource, most) in limits {
        // A limit that is lower already stays: only root may raise one.
        let most = getrlimit(resource).maximum.map_or(most, |already| already.min(most));
        setrlimit(resource, Rlimit { current: Some(most), maximum: Some(most) })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PHOTO: &[u8] = include_bytes!("../../tests/fixtures/photo.heic");

    #[test]
    fn p66_a_phones_heic_is_its_pixels_and_a_broken_one_nothing_that_lasts() {
        // 160 by 120 pixels, red in its upper left corner.
        let picture = decode(PHOTO).unwrap();
        assert_eq!((picture.width, picture.height, picture.rgb.len()), (160, 120, 160 * 120 * 3));
        let at = (10 * 160 + 10) * 3;
        let (red, green) = (picture.rgb[at], picture.rgb[at + 1]);
        assert!(red > 170 && green < 80, "{red} {green}");
        for cut in (0..PHOTO.len()).step_by(97) {
            // Whatever it makes of half a file, it ends; a panic ends the process.
            let mut turned = PHOTO.to_vec();
            turned[cut] ^= 0xFF;
            std::panic::catch_unwind(|| (decode(&PHOTO[..cut]), decode(&turned))).ok();
        }
    }

    #[test]
    fn p36_a_heic_that_promises_too_many_pixels_is_not_decoded() {
        let mut photo = PHOTO.to_vec();
        let extents = photo.windows(4).position(|w| w == b"ispe").unwrap() + 8;
        photo[extents..extents + 8].copy_from_slice(&[0, 0, 0x4E, 0x20, 0, 0, 0x4E, 0x20]);
        assert!(decode(&photo).is_none());
    }
}
