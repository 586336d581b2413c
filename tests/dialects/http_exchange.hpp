#pragma once

#include "slm_device.hpp"

namespace attache::dialects {

// What SLM 1.6 says of HTTP.
inline const std::string connected = "\r\n#XHTTPCCON: 1\r\n" + ok;
inline const std::string not_connected = "\r\n#XHTTPCCON: 0\r\n" + error;
inline const std::string disconnected = "\r\n#XHTTPCCON: 0\r\n";
inline const std::string sent = "\r\n#XHTTPCREQ: 0\r\n";
inline const std::string wants_payload = "\r\n#XHTTPCREQ: 1\r\n";
inline const std::string complete = "\r\n#XHTTPCRSP:0,1\r\n";
inline const std::string incomplete = "\r\n#XHTTPCRSP: 0,-104\r\n";
inline const std::string header_ok = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n";

inline std::string piece(std::string_view bytes) {
  return fmt::format("\r\n#XHTTPCRSP:{},0\r\n{}", bytes.size(), bytes);
}

inline void connect(SlmDevice& device, std::size_t port = 0) {
  ASSERT_EQ(device.send("AT#XHTTPCCON=1,\"example.com\",80", port), connected);
}

/// Connects and makes a request without payload.
inline void request(SlmDevice& device, std::string_view method = "GET") {
  connect(device);
  ASSERT_EQ(device.send(fmt::format("AT#XHTTPCREQ=\"{}\",\"/\",\"\"", method)), ok + sent);
}

/// Makes a request with payload up to data mode.
inline void begin_payload(SlmDevice& device, std::size_t length, std::size_t port = 0) {
  ASSERT_EQ(device.send(fmt::format("AT#XHTTPCREQ=\"POST\",\"/\",\"\",{}", length), port),
            ok + wants_payload);
}

}  // namespace attache::dialects
