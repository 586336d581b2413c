#include "system/support/http_exchange.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <stdexcept>

#include "base/text.hpp"

namespace attache::system_test {

std::string HttpExchange::body() const {
  std::string text;
  for (std::size_t i = 1; i < pieces.size(); ++i) {
    text += pieces[i];
  }
  return text;
}

HttpExchange read_response(LineClient& host) {
  HttpExchange exchange;
  while (true) {
    host.expect("\r\n#XHTTPCRSP:");
    std::string line = host.read_until("\r\n");
    if (line == "0,1\r\n") {
      exchange.complete = true;
      return exchange;
    }
    auto size = base::parse_number<std::uint32_t>(line.substr(0, line.find(',')));
    if (!size || !line.ends_with(",0\r\n")) {
      throw std::runtime_error("no piece of a response: #XHTTPCRSP:" + line);
    }
    exchange.pieces.push_back(host.read_bytes(*size));
  }
}

HttpExchange request(LineClient& host, std::string_view method, std::string_view resource,
                     std::string_view header) {
  host.command(fmt::format("AT#XHTTPCREQ=\"{}\",\"{}\",\"{}\"", method, resource, header), ok);
  host.expect("\r\n#XHTTPCREQ: 0\r\n");
  return read_response(host);
}

HttpExchange request_with_payload(LineClient& host, std::string_view method, std::string_view resource,
                                  std::string_view payload) {
  host.command(fmt::format("AT#XHTTPCREQ=\"{}\",\"{}\",\"Content-Length: {}\r\n\",{}", method, resource,
                           payload.size(), payload.size()),
               ok);
  host.expect("\r\n#XHTTPCREQ: 1\r\n");
  host.send(payload);
  // An OK for each piece that was sent on, then the end of the request.
  constexpr std::string_view sent = "\r\n#XHTTPCREQ: 0\r\n";
  std::string answers = host.read_until(sent);
  while (answers.starts_with(ok)) {
    answers.erase(0, ok.size());
  }
  EXPECT_EQ(answers, sent);
  return read_response(host);
}

void connect_http(LineClient& host, std::string_view name, unsigned port) {
  host.command(fmt::format("AT#XHTTPCCON=1,\"{}\",{}", name, port), "\r\n#XHTTPCCON: 1\r\n\r\nOK\r\n");
}

void connect_https(LineClient& host, std::string_view name, unsigned port, unsigned sec_tag) {
  host.command(fmt::format("AT#XHTTPCCON=1,\"{}\",{},{}", name, port, sec_tag),
               "\r\n#XHTTPCCON: 1\r\n\r\nOK\r\n");
}

void disconnect(LineClient& host) {
  host.command("AT#XHTTPCCON=0", "\r\n#XHTTPCCON: 0\r\n\r\nOK\r\n");
}

}  // namespace attache::system_test
