#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <string>

#include "lab/firmware_file.hpp"
#include "system/support/lab_process.hpp"
#include "system/support/loopback.hpp"
#include "system/support/nginx_configuration.hpp"
#include "system/support/served_device.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;

constexpr std::string_view waits = "\r\n#XFOTA: 1,4,0\r\n";
constexpr std::string_view updated = "Ready\r\n\r\n#XFOTA: 1,5,0\r\n";

std::string version_answer(std::string_view version) {
  return fmt::format("\r\n#XSLMVER: \"{}\"\r\n\r\nOK\r\n", version);
}

/// A device with a state folder that is started, stopped and killed, and the lab that has its images.
class UpdatedDevice : public testing::Test {
 protected:
  std::vector<std::string> options(const std::string& link = {}) {
    std::string config = folder_.write(
        "device.toml", fmt::format("[[route]]\nfrom = \"images.test:80\"\nto = \"127.0.0.1:{}\"\n"
                                   "[[route]]\nfrom = \"images.test:443\"\nto = \"127.0.0.1:{}\"\n{}",
                                   lab_.port("http"), lab_.port("https"), link));
    return {"--config", config, "--state", folder_ / "state", "--log-level", "off"};
  }
  [[nodiscard]] std::string port() const { return "unix:" + (folder_ / "modem"); }
  [[nodiscard]] std::ptrdiff_t images() const {
    std::ptrdiff_t count = 0;
    for (const auto& entry : std::filesystem::directory_iterator(folder_ / "state")) {
      count += entry.path().filename().string().starts_with("firmware-") ? 1 : 0;
    }
    return count;
  }

  static void begin_download(LineClient& host, std::string_view version) {
    register_with_network(host);
    host.command(fmt::format("AT#XFOTA=1,\"http://images.test/firmware/{}\"", version), ok);
  }

  TempFolder folder_;
  LabProcess lab_;
};

TEST_F(UpdatedDevice, RunsTheNewImageAfterAReset) {
  ServedDevice device(port(), options());
  auto host = device.connect_first();
  begin_download(host, "1.6.1");
  host.read_until(waits);
  host.command("AT#XRESET", ok);
  host.read_until(updated);
  EXPECT_EQ(host.command("AT#XSLMVER"), version_answer("1.6.1"));
  host.command("AT#XRESET", ok);
  host.expect("Ready\r\n");
  EXPECT_EQ(host.command("AT#XSLMVER"), version_answer("1.6.1"));
  EXPECT_EQ(images(), 1);
}

TEST_F(UpdatedDevice, DownloadsOverTlsWithTheCredentialsOfItsTag) {
  ServedDevice device(port(), options());
  auto host = device.connect_first();
  std::string ca = read_file(lab_.path("ca"));
  write_credential(host, 42, 0, ca.substr(0, ca.size() - 1));
  register_with_network(host);
  constexpr std::string_view get = "AT#XFOTA=1,\"https://images.test/firmware/1.7.0\",";
  host.command(fmt::format("{}43", get), "\r\n#XFOTA: 0,1,1,-111\r\n\r\nERROR\r\n");
  host.command(fmt::format("{}42", get), ok);
  host.read_until(waits);
}

TEST_F(UpdatedDevice, RunsTheNewImageWhenItsPowerWasCutBeforeTheReset) {
  {
    ServedDevice device(port(), options());
    auto host = device.connect_first();
    begin_download(host, "1.6.1");
    host.read_until(waits);
    EXPECT_EQ(device.stop(SIGKILL), 128 + SIGKILL);
  }
  ServedDevice device(port(), options());
  auto host = device.connect();
  host.expect(updated);
  EXPECT_EQ(host.command("AT#XSLMVER"), version_answer("1.6.1"));
}

// Killed at random moments of a download that takes some tenths of a second, it is always one whole image
// that runs: the old one, or the new one once its last byte was there.
TEST_F(UpdatedDevice, AlwaysComesBackWithOneWholeImage) {
  std::mt19937 random(1);
  std::string running = "1.6.0";
  bool any_updated = false;
  for (unsigned i = 1; i <= 20; ++i) {
    std::string next = fmt::format("2.0.{}", i);
    std::string got;
    {
      ServedDevice device(port(), options("[link]\nrate = \"8M\"\n"));
      auto host = device.connect_first();
      EXPECT_EQ(host.command("AT#XSLMVER"), version_answer(running));
      begin_download(host, next);
      got = host.read_for(std::chrono::milliseconds(std::uniform_int_distribution(0, 900)(random)));
      EXPECT_EQ(device.stop(SIGKILL), 128 + SIGKILL);
    }
    ServedDevice device(port(), options());
    auto host = device.connect();
    std::string start = host.read_bytes(7);
    EXPECT_EQ(start, "Ready\r\n");
    std::string version = host.command("AT#XSLMVER");
    bool is_new = version.ends_with(version_answer(next));
    EXPECT_TRUE(is_new || version == version_answer(running)) << version;
    EXPECT_TRUE(is_new || !got.ends_with(waits)) << "it was whole";
    EXPECT_EQ(is_new, version.starts_with("\r\n#XFOTA: 1,5,0\r\n")) << version;
    running = is_new ? next : running;
    any_updated = any_updated || is_new;
    EXPECT_EQ(images(), running == "1.6.0" ? 0 : 1);
    EXPECT_EQ(device.stop(SIGTERM), 0);
  }
  EXPECT_TRUE(any_updated);
}

/// nginx with images in its folder, on a port that it keeps.
class ImageServer {
 public:
  explicit ImageServer(const TempFolder& folder) : folder_(folder), port_(Listener().port()) {
    std::filesystem::create_directories(folder_ / "www");
  }

  [[nodiscard]] bool start(bool ranges) {
    auto program = find_program("nginx");
    std::string limit = ranges ? "" : "max_ranges 0;";
    std::string server = fmt::format("server {{ listen 127.0.0.1:{}; limit_rate 100k; }}", port_);
    folder_.write("nginx.conf", nginx_configuration(limit + server));
    process_.emplace(
        std::vector<std::string>{*program, "-e", "stderr", "-p", folder_ / "", "-c", folder_ / "nginx.conf"});
    return process_->wait_for_error("event method");
  }
  void kill() { process_.reset(); }
  [[nodiscard]] unsigned port() const { return port_; }

 private:
  const TempFolder& folder_;
  unsigned port_;
  std::optional<Process> process_;
};

class FromNginx : public testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (!find_program("nginx")) {
      GTEST_SKIP() << "nginx is not installed";
    }
  }
};

TEST_P(FromNginx, GoesOnAfterTheServerDied) {
  TempFolder folder;
  ImageServer server(folder);
  folder.write("www/app_update.bin", lab::make_firmware_file({}));
  ASSERT_TRUE(server.start(GetParam()));
  std::string config = folder.write(
      "device.toml",
      fmt::format("[[route]]\nfrom = \"images.test:80\"\nto = \"127.0.0.1:{}\"\n", server.port()));
  ServedDevice device("unix:" + (folder / "modem"), {"--config", config, "--log-level", "off"});
  auto host = device.connect_first();
  register_with_network(host);
  host.command("AT#XFOTA=1,\"http://images.test/app_update.bin\"", ok);
  host.read_until("#XFOTA: 1,1,0,20\r\n");
  server.kill();
  ASSERT_TRUE(server.start(GetParam()));
  std::string rest = host.read_until(waits);
  EXPECT_THAT(rest, HasSubstr("#XFOTA: 1,1,0,100\r\n"));
  host.command("AT#XRESET", ok);
  host.read_until(updated);
  EXPECT_EQ(host.command("AT#XSLMVER"), version_answer("1.6.1"));
}

INSTANTIATE_TEST_SUITE_P(Ranges, FromNginx, testing::Bool(),
                         [](const auto& info) { return info.param ? "WithRanges" : "WithoutRanges"; });

}  // namespace
}  // namespace attache::system_test
