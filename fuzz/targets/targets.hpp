#pragma once

#include <array>
#include <string_view>

namespace attache::fuzz {

// Each function runs one input through a part of Attaché and calls std::abort() if something is not as it
// must be. Its corpus is fuzz/corpus/<name>/, its dictionary fuzz/<name>.dict.

/// First byte: the line policy. Rest: bytes from a host, cut into lines, commands and parameters.
void fuzz_line(std::string_view input);

/// A session of a whole device in memory, as records separated by RS (0x1E); the first byte of each is its
/// kind: `H` bytes from the host, `T` milliseconds to pass (decimal), `P` bytes from the HTTP server, `C` the
/// server closes, `R` it resets the connection, `W` the wake-up pin. Anything else: all of it from the host.
void fuzz_channel(std::string_view input);

/// First byte: flags (1 no body, 2 the firmware's chunks, 4 the peer closes at the end). Rest: the response.
void fuzz_http_response(std::string_view input);

/// What an FTP server sends on the control connection.
void fuzz_ftp_replies(std::string_view input);

/// What an MQTT broker sends.
void fuzz_mqtt_packets(std::string_view input);

/// An MQTT session over the client. First byte: flags (1 the device has published, subscribed and
/// unsubscribed, 2 the broker closes at the end, 4 it resets, 8 three keep-alives pass before that, 16 a
/// buffer of 16 bytes, 32 the device leaves at the first message). Rest: what the broker sends.
void fuzz_mqtt_client(std::string_view input);

/// Requests over the HTTP client. First byte: flags (1 HEAD, 2 the firmware's chunks, 4 the server closes at
/// the end, 8 it resets, 16 the device leaves). Rest: what the server sends.
void fuzz_http_client(std::string_view input);

/// An FTP session over the client. First byte: `a` active, `s` with TLS, `6` over IPv6, else none of these.
/// Rest: records separated by RS; the first byte of each is its kind. Of the server: `D` bytes on the data
/// connection, `E` its end, `F` its reset, `A` it connects for data, `C` the control connection ends, `R` it
/// is reset; `T` milliseconds pass. Of the device: `d` downloads, `l` lists, `u` uploads, `c` a command, `q`
/// QUIT, `o` opens anew, `x` leaves. Anything else: all of it on the control connection.
void fuzz_ftp_client(std::string_view input);

/// A download, as FOTA makes it. First byte: flags (1 a request a fragment, as with TLS, 2 it is cancelled,
/// 4 reads of 7 bytes). Rest: the answers to its requests, separated by RS; the first byte of each says what
/// the server does behind it (`c` closes, `r` resets).
void fuzz_download(std::string_view input);

/// A TLS handshake. First byte: flags (1 as the server, 2 DTLS, 4 the peer is an engine too, 8 with a
/// pre-shared key, 16 the peer is not checked, 32 the suites of old firmware, 64 another name than the
/// certificate's). Rest: what the peer sends (DTLS: each datagram after two bytes of length); with 4, changes
/// of what it sends: two bytes of place, one to XOR.
void fuzz_tls_handshake(std::string_view input);

/// First byte: `6` for ICMPv6. Rest: what a raw socket receives.
void fuzz_icmp_echo(std::string_view input);

/// Bytes of an asynchronous line that carries PPP.
void fuzz_ppp_frames(std::string_view input);

/// A peer of PPP. First byte: flags (1 a PDN without IPv6, 2 PAP, 4 CHAP, 8 echoes are not answered, 16
/// IPV6CP is refused). Rest: records, each after a byte with its length: `T` and so many seconds pass, else
/// two bytes of protocol and the information of a frame.
void fuzz_ppp_link(std::string_view input);

/// IP packets of a host on their way through libslirp, each after two bytes: 11 bits of length; the first bit
/// says that the packet goes as it is, else lengths, source and checksum of its header are put right.
void fuzz_packets(std::string_view input);

/// The text of a resolv.conf.
void fuzz_name_servers(std::string_view input);

/// The text of a GPX document.
void fuzz_gpx(std::string_view input);

/// Lines on the control socket of a device.
void fuzz_control(std::string_view input);

/// First byte: `P` for a card that asks for its PIN 1234. Rest: command APDUs, each after a byte with its
/// length.
void fuzz_apdu(std::string_view input);

/// A log that doctor explains; the first byte also says in which pieces it comes.
void fuzz_doctor(std::string_view input);

/// The text of a script of `attache run`.
void fuzz_script(std::string_view input);

/// The text of a cassette: read, written again, and played to its own host in pieces.
void fuzz_cassette(std::string_view input);

/// First byte: the size of the pieces, less 1. Rest: a pcapng file, whose timeline is read and which is
/// copied.
void fuzz_timeline(std::string_view input);

/// The text of a configuration file.
void fuzz_config(std::string_view input);

/// First byte: `5` for slm-1.5, else slm-1.6. Rest: the text of a Kconfig fragment.
void fuzz_kconfig(std::string_view input);

/// First byte: `D` SMS-DELIVER, `S` SUBMIT, `R` STATUS-REPORT, `d`/`e` DELIVER-REPORT of success and failure,
/// `s`/`t` SUBMIT-REPORT, `P` a PDU with the service centre in front; else a text to be split (`w`: with
/// 16-bit reference). Rest: its octets.
void fuzz_sms(std::string_view input);

/// The bytes of a firmware image.
void fuzz_firmware_image(std::string_view input);

/// A multiplexer. First byte: flags (1 the whole standard, 2 N1 of 31, 4 data of the device wait on channels
/// 1 and 2, 8 a second passes at the end). Rest: what a host sends.
void fuzz_cmux(std::string_view input);

/// A pcapng file behind a byte that says in which pieces it comes.
void fuzz_pcapng(std::string_view input);

struct Target {
  std::string_view name;
  void (*run)(std::string_view input);
};

inline constexpr std::array targets{
    Target{"line", fuzz_line},
    Target{"channel", fuzz_channel},
    Target{"http_response", fuzz_http_response},
    Target{"ftp_replies", fuzz_ftp_replies},
    Target{"mqtt_packets", fuzz_mqtt_packets},
    Target{"mqtt_client", fuzz_mqtt_client},
    Target{"http_client", fuzz_http_client},
    Target{"ftp_client", fuzz_ftp_client},
    Target{"download", fuzz_download},
    Target{"tls_handshake", fuzz_tls_handshake},
    Target{"icmp_echo", fuzz_icmp_echo},
    Target{"ppp_frames", fuzz_ppp_frames},
    Target{"ppp_link", fuzz_ppp_link},
    Target{"packets", fuzz_packets},
    Target{"name_servers", fuzz_name_servers},
    Target{"gpx", fuzz_gpx},
    Target{"control", fuzz_control},
    Target{"apdu", fuzz_apdu},
    Target{"doctor", fuzz_doctor},
    Target{"script", fuzz_script},
    Target{"cassette", fuzz_cassette},
    Target{"timeline", fuzz_timeline},
    Target{"config", fuzz_config},
    Target{"kconfig", fuzz_kconfig},
    Target{"sms", fuzz_sms},
    Target{"firmware_image", fuzz_firmware_image},
    Target{"cmux", fuzz_cmux},
    Target{"pcapng", fuzz_pcapng},
};

}  // namespace attache::fuzz
