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

/// First byte: `P` for a card that asks for its PIN 1234. Rest: command APDUs, each after a byte with its
/// length.
void fuzz_apdu(std::string_view input);

/// The text of a script of `attache run`.
void fuzz_script(std::string_view input);

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
    Target{"apdu", fuzz_apdu},
    Target{"script", fuzz_script},
    Target{"config", fuzz_config},
    Target{"kconfig", fuzz_kconfig},
    Target{"sms", fuzz_sms},
    Target{"firmware_image", fuzz_firmware_image},
};

}  // namespace attache::fuzz
