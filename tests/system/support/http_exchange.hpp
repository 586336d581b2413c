#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "system/support/line_client.hpp"

namespace attache::system_test {

/// What came in the #XHTTPCRSP of one response.
struct HttpExchange {
  std::vector<std::string> pieces;  ///< Header first, then pieces of the body as received.
  bool complete = false;            ///< The closing `#XHTTPCRSP:0,1` came.

  [[nodiscard]] std::string_view header() const {
    return pieces.empty() ? std::string_view() : pieces.front();
  }
  [[nodiscard]] std::string body() const;
};

/// Reads one response from its first #XHTTPCRSP to its last.
HttpExchange read_response(LineClient& host);

/// A request without payload: OK, `#XHTTPCREQ: 0`, the response.
HttpExchange request(LineClient& host, std::string_view method, std::string_view resource,
                     std::string_view header = {});

/// A request whose payload is given in data mode.
HttpExchange request_with_payload(LineClient& host, std::string_view method, std::string_view resource,
                                  std::string_view payload);

/// Connects with #XHTTPCCON and expects that it works. Without a tag: plain HTTP.
void connect_http(LineClient& host, std::string_view name, unsigned port);
void connect_https(LineClient& host, std::string_view name, unsigned port, unsigned sec_tag);
void disconnect(LineClient& host);

/// What #XHTTPCCON answers when there is no connection.
inline constexpr std::string_view not_connected = "\r\n#XHTTPCCON: 0\r\n\r\nERROR\r\n";

}  // namespace attache::system_test
