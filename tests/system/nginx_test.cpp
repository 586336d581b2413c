#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "system/support/certificates.hpp"
#include "system/support/loopback.hpp"
#include "system/support/nginx_configuration.hpp"
#include "system/support/routed_device.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

constexpr std::size_t large_size = 300 * 1000;

/// nginx as an ordinary process in a folder of its own, on ports that were free a moment ago.
class Nginx {
 public:
  /// Tries other ports if another program has taken one meanwhile.
  explicit Nginx(const std::string& program) {
    for (int attempts = 5; attempts > 0; --attempts) {
      process_.emplace(
          std::vector<std::string>{program, "-e", "stderr", "-p", folder_ / "", "-c", write_configuration()});
      if (process_->wait_for_error("event method")) {
        return;
      }
    }
    throw std::runtime_error("nginx did not start:\n" + process_->errors());
  }

  /// The routes to it, by name: plain.test:80, good.test:443, wrong.test:443 and, asking for a client
  /// certificate, good.test:8443.
  [[nodiscard]] std::string routes() const {
    auto at = [](unsigned port) { return fmt::format("127.0.0.1:{}", port); };
    return route("plain.test:80", at(http_)) + route("good.test:443", at(https_)) +
           route("wrong.test:443", at(https_)) + route("good.test:8443", at(mutual_));
  }

  [[nodiscard]] const Certificates& certificates() const { return certificates_; }
  [[nodiscard]] const std::string& large_body() const { return large_body_; }

 private:
  std::string write_configuration() {
    http_ = Listener().port();
    https_ = Listener().port();
    mutual_ = Listener().port();
    std::filesystem::create_directories(folder_ / "www");
    folder_.write("www/hello.txt", "hello from nginx\n");
    folder_.write("www/large.bin", large_body_);
    std::string http = fmt::format(R"(
  client_max_body_size 1k;
  ssl_certificate {0};
  ssl_certificate_key {1};
  server {{
    listen 127.0.0.1:{2};
    location /old {{ return 301 /hello.txt; }}
    location /short {{ keepalive_timeout 0; try_files /hello.txt =404; }}
  }}
  server {{ listen 127.0.0.1:{3} ssl; }}
  server {{
    listen 127.0.0.1:{4} ssl;
    ssl_client_certificate {5};
    ssl_verify_client on;
  }}
)",
                                   certificates_.server_file, certificates_.server_key_file, http_, https_,
                                   mutual_, certificates_.ca_file);
    return folder_.write("nginx.conf", nginx_configuration(http));
  }

  static std::string make_large_body() {
    std::string body;
    while (body.size() < large_size) {
      body += fmt::format("{} ", body.size());
    }
    return body;
  }

  TempFolder folder_;
  Certificates certificates_{folder_};
  std::string large_body_ = make_large_body();
  unsigned http_ = 0;
  unsigned https_ = 0;
  unsigned mutual_ = 0;
  std::optional<Process> process_;
};

class AgainstNginx : public testing::Test {
 protected:
  void SetUp() override {
    auto program = find_program("nginx");
    if (!program) {
      GTEST_SKIP() << "nginx is not installed";
    }
    nginx_.emplace(*program);
    device_.emplace(nginx_->routes());
    const Certificates& certificates = nginx_->certificates();
    write_credential(host(), 7, 0, certificates.authority.certificate_pem());
    write_credential(host(), 8, 0, certificates.authority.certificate_pem());
    write_credential(host(), 8, 1, certificates.client.certificate_pem);
    write_credential(host(), 8, 2, certificates.client.private_key_pem);
    register_with_network(host());
  }

  LineClient& host() { return device_->host(); }
  RoutedDevice& device() { return *device_; }
  const Nginx& nginx() { return *nginx_; }

 private:
  std::optional<Nginx> nginx_;
  std::optional<RoutedDevice> device_;
};

TEST_F(AgainstNginx, GetsAFileOverHttp) {
  connect_http(host(), "plain.test", 80);
  auto response = request(host(), "GET", "/hello.txt");
  EXPECT_THAT(std::string(response.header()), StartsWith("HTTP/1.1 200 OK\r\nServer: nginx"));
  EXPECT_EQ(response.body(), "hello from nginx\n");
  disconnect(host());
}

TEST_F(AgainstNginx, GetsALargeFileOverHttpsUnchanged) {
  connect_https(host(), "good.test", 443, 7);
  EXPECT_EQ(request(host(), "GET", "/large.bin").body(), nginx().large_body());
  EXPECT_EQ(request(host(), "GET", "/hello.txt").body(), "hello from nginx\n");
}

TEST_F(AgainstNginx, GetsAPartOfAFile) {
  connect_https(host(), "good.test", 443, 7);
  auto response = request(host(), "GET", "/large.bin", "Range: bytes=1000-1999\r\n");
  EXPECT_THAT(std::string(response.header()), StartsWith("HTTP/1.1 206 "));
  EXPECT_EQ(response.body(), nginx().large_body().substr(1000, 1000));
}

TEST_F(AgainstNginx, PassesItsRefusals) {
  connect_http(host(), "plain.test", 80);
  EXPECT_THAT(std::string(request(host(), "GET", "/missing").header()),
              StartsWith("HTTP/1.1 404 Not Found\r\n"));
  EXPECT_THAT(std::string(request(host(), "GET", "/old").header()), HasSubstr("Location: "));
  EXPECT_THAT(std::string(request_with_payload(host(), "POST", "/hello.txt", "data").header()),
              StartsWith("HTTP/1.1 405 "));
}

TEST_F(AgainstNginx, DeliversAnAnswerAfterWhichTheServerCloses) {
  connect_http(host(), "plain.test", 80);
  auto response = request(host(), "GET", "/short");
  EXPECT_THAT(std::string(response.header()), HasSubstr("Connection: close"));
  EXPECT_EQ(response.body(), "hello from nginx\n");
  EXPECT_TRUE(response.complete);
}

TEST_F(AgainstNginx, ChecksTheNameInItsCertificate) {
  device().expect_refusal("wrong.test", 443, 7, "server certificate is for good.test, not for wrong.test");
}

TEST_F(AgainstNginx, ShowsAClientCertificateWhenAsked) {
  connect_https(host(), "good.test", 8443, 8);
  EXPECT_EQ(request(host(), "GET", "/hello.txt").body(), "hello from nginx\n");
  disconnect(host());
  // Without one nginx completes the handshake and refuses the request.
  connect_https(host(), "good.test", 8443, 7);
  auto response = request(host(), "GET", "/hello.txt");
  EXPECT_THAT(std::string(response.header()), StartsWith("HTTP/1.1 400 "));
  EXPECT_THAT(response.body(), HasSubstr("No required SSL certificate was sent"));
}

TEST_F(AgainstNginx, ExplainsPlainHttpWhereTlsIsSpoken) {
  device().expect_refusal("plain.test", 80, 7, "what answers there is not TLS");
}

}  // namespace
}  // namespace attache::system_test
