//! Where may be called, and where not.

use super::super::*;

#[test]
fn p61_every_kind_of_address_that_is_not_the_internet_s_is_refused() {
    let judged = |ip: &str| inside::is_public(ip.parse().unwrap());
    for apart in [
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "10.255.255.255",
        "100.64.0.1",
        "100.127.255.255",
        "127.0.0.1",
        "127.255.255.254",
        "169.254.169.254",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.7",
        "203.0.113.7",
        "224.0.0.1",
        "239.255.255.250",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::127.0.0.1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "::ffff:0:127.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::a00:1",
        "100::1",
        "2001::1",
        "2001:0:7f00:1::",
        "2001:2::1",
        "2001:10::1",
        "2001:20::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "2002:a00:1::",
        "3fff::1",
        "5f00::1",
        "fc00::1",
        "fd12:3456::1",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ] {
        assert!(!judged(apart), "{apart}");
    }
    for public in [
        "1.1.1.1",
        "8.8.8.8",
        "9.255.255.255",
        "11.0.0.1",
        "100.63.255.255",
        "100.128.0.1",
        "172.15.0.1",
        "172.32.0.1",
        "192.167.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450::1",
        "2001:4860:4860::8888",
    ] {
        assert!(judged(public), "{public}");
    }
}

#[test]
fn inside_hosts_are_named_with_their_ports_and_allow_nothing_else() {
    let inside = Inside::read("erp.lan:8069\n 127.0.0.1:9000 \n[::1]:80\nstore.lan\n").unwrap();
    let permit = |url: &str| inside.permit(&Target::parse(url).unwrap());
    for named in [
        "http://erp.lan:8069/a",
        "https://ERP.lan.:8069/",
        "http://127.0.0.1:9000/",
        "http://2130706433:9000/",
        "http://[0:0::1]/",
        "https://store.lan/",
        "http://store.lan:8080/",
    ] {
        assert_eq!(permit(named), Ok(inside::Permit::Named), "{named}");
    }
    for other in ["http://erp.lan/", "http://127.0.0.1:9001/", "http://store.lan:25/", "http://sub.erp.lan:8069/"] {
        assert!(permit(other).is_err(), "{other}");
    }
    assert_eq!(Inside::read(&inside.text()).unwrap(), inside);
    for odd in ["http://erp.lan:80", "erp.lan:0", "erp.lan:x", "erp.lan/a", "*:80", "a b:80", "user@erp.lan:80", ":80", "[::1:80"] {
        assert!(Inside::read(odd).is_err(), "{odd}");
    }
}
