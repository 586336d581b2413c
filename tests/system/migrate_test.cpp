#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/json/parse.hpp>
#include <fstream>
#include <iterator>
#include <regex>
#include <string>
#include <thread>
#include <vector>

#include "system/support/lab_process.hpp"
#include "system/support/mosquitto_broker.hpp"
#include "system/support/routed_device.hpp"
#include "system/support/tcp_peer.hpp"

namespace attache::system_test {
namespace {

using testing::HasSubstr;

const std::vector<std::string> later_dialects{"slm-2.9", "slm-3.1", "serial-modem-2.0"};

std::string text_of(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// A script of slm-1.6 and what it is in the other dialects.
class MigratedScript {
 public:
  explicit MigratedScript(const std::string& text) : old_(folder_.write("old.at", text)) {}

  /// The path of the script in that dialect; slm-1.6 is the one that was written.
  std::string in(const std::string& dialect) {
    if (dialect == "slm-1.6") {
      return old_;
    }
    std::string path = folder_ / (dialect + ".at");
    Finished migrated = run_to_end(attache({"migrate", old_, "--to", dialect, "--output", path}));
    EXPECT_EQ(migrated.exit_code, 0) << migrated.errors << text_of(path);
    EXPECT_EQ(migrated.errors, "");
    return path;
  }

 private:
  TempFolder folder_;
  std::string old_;
};

/// Runs it against a device of the dialect.
Finished run_in(const std::string& dialect, const std::string& script, std::vector<std::string> options) {
  std::vector<std::string> arguments{"run", script};
  std::vector<std::string> own{"--serve", "--dialect", dialect, "--log-level", "off"};
  arguments.insert(arguments.end(), options.begin(), options.end());
  arguments.insert(arguments.end(), own.begin(), own.end());
  return run_to_end(attache(arguments));
}

// A server that answers what it gets and keeps it, for one connection.
class RecordingEcho {
 public:
  RecordingEcho() : thread_([this] { serve(); }) {}
  ~RecordingEcho() {
    if (thread_.joinable()) {
      thread_.join();
    }
  }
  RecordingEcho(const RecordingEcho&) = delete;
  RecordingEcho& operator=(const RecordingEcho&) = delete;

  [[nodiscard]] std::uint16_t port() const { return peer_.port(); }
  /// All that the device has sent until it closed.
  std::string take() {
    thread_.join();
    return received_;
  }

 private:
  void serve() {
    try {
      int descriptor = peer_.accept_descriptor();
      std::array<char, 4096> buffer{};
      for (ssize_t count = 0; (count = ::read(descriptor, buffer.data(), buffer.size())) > 0;) {
        received_.append(buffer.data(), static_cast<std::size_t>(count));
        if (::write(descriptor, buffer.data(), static_cast<std::size_t>(count)) < 0) {
          break;
        }
      }
      ::close(descriptor);
    } catch (const std::exception& error) {
      received_ = error.what();
    }
  }

  TcpPeer peer_;
  std::string received_;
  std::thread thread_;
};

// The same for datagrams.
class RecordingDatagrams {
 public:
  RecordingDatagrams() : descriptor_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    address_.sin_family = AF_INET;
    address_.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address_;
    auto* address = reinterpret_cast<sockaddr*>(&address_);
    if (::bind(descriptor_, address, size) != 0 || ::getsockname(descriptor_, address, &size) != 0) {
      throw std::runtime_error("no UDP port on 127.0.0.1");
    }
    thread_ = std::thread([this] { serve(); });
  }
  ~RecordingDatagrams() {
    static_cast<void>(take());
    ::close(descriptor_);
  }
  RecordingDatagrams(const RecordingDatagrams&) = delete;
  RecordingDatagrams& operator=(const RecordingDatagrams&) = delete;

  [[nodiscard]] std::uint16_t port() const { return ntohs(address_.sin_port); }
  /// Each that has come, in brackets.
  std::string take() {
    if (thread_.joinable()) {
      const auto* address = reinterpret_cast<const sockaddr*>(&address_);
      ::sendto(descriptor_, "", 0, 0, address, sizeof address_);  // An empty one ends it.
      thread_.join();
    }
    return received_;
  }

 private:
  void serve() {
    std::array<char, 4096> buffer{};
    sockaddr_in from{};
    auto* address = reinterpret_cast<sockaddr*>(&from);
    socklen_t size = sizeof from;
    for (ssize_t count = 0;
         (count = ::recvfrom(descriptor_, buffer.data(), buffer.size(), 0, address, &size)) > 0;) {
      auto length = static_cast<std::size_t>(count);
      received_ += fmt::format("[{}]", std::string_view(buffer.data(), length));
      ::sendto(descriptor_, buffer.data(), length, 0, address, size);
    }
  }

  int descriptor_;
  sockaddr_in address_{};
  std::string received_;
  std::thread thread_;
};

constexpr std::string_view attach = "> AT+CEREG=1\n< OK\n> AT+CFUN=1\n< OK\n! +CEREG: 1\n";

// What the server gets of the script in each dialect.
void expect_same_bytes(const std::string& steps, const std::string& bytes) {
  MigratedScript script(std::string(attach) + steps);
  std::vector<std::string> dialects{"slm-1.6"};
  dialects.insert(dialects.end(), later_dialects.begin(), later_dialects.end());
  for (const std::string& dialect : dialects) {
    RecordingEcho echo;
    Finished run = run_in(dialect, script.in(dialect),
                          {"--set", "HOST=127.0.0.1", "--set", fmt::format("PORT={}", echo.port())});
    EXPECT_EQ(run.exit_code, 0) << dialect << "\n" << run.output << run.errors << text_of(script.in(dialect));
    EXPECT_EQ(echo.take(), bytes) << dialect;
  }
}

TEST(Migrate, GivesAServerTheSameBytesOfASocketInEveryDialect) {
  expect_same_bytes(
      "> AT#XSOCKET=1,1,0\n< #XSOCKET: 1,1,0,6\n< OK\n> AT#XCONNECT=\"{HOST}\",{PORT}\n< #XCONNECT: 1\n< OK\n"
      "> AT#XSEND=1,\"first, second\"\n< #XSEND: 13\n< OK\n> AT#XRECV\n< first, second\n< #XRECV: 1,13\n< "
      "OK\n"
      "> AT#XSOCKET=0\n< #XSOCKET: 0,\"closed\"\n< OK\n",
      "first, second");
}

TEST(Migrate, GivesAServerTheSameBytesOfHexadecimalDataInEveryDialect) {
  expect_same_bytes(
      "> AT#XSOCKET=1,1,0\n< #XSOCKET: 1,1,0,6\n< OK\n> AT#XCONNECT=\"{HOST}\",{PORT}\n< #XCONNECT: 1\n< OK\n"
      "> AT#XSEND=0,\"00DEADBEEF7B\"\n< #XSEND: 6\n< OK\n> AT#XSOCKET=0\n< #XSOCKET: 0,\"closed\"\n< OK\n",
      std::string("\0\xDE\xAD\xBE\xEF{", 6));
}

TEST(Migrate, GivesAServerTheSameDatagramsInEveryDialect) {
  MigratedScript script(
      std::string(attach) +
      "> AT#XSOCKET=1,2,0\n< #XSOCKET: 1,2,0,17\n< OK\n> AT#XSENDTO=\"{HOST}\",{PORT},1,\"one, two\"\n"
      "< #XSENDTO: 8\n< OK\n> AT#XRECVFROM\n< one, two\n< #XRECVFROM: 1,8\n< OK\n"
      "> AT#XSENDTO=\"{HOST}\",{PORT},0,\"6162\"\n< #XSENDTO: 2\n< OK\n"
      "> AT#XSOCKET=0\n< #XSOCKET: 0,\"closed\"\n< OK\n");
  std::vector<std::string> dialects{"slm-1.6"};
  dialects.insert(dialects.end(), later_dialects.begin(), later_dialects.end());
  for (const std::string& dialect : dialects) {
    RecordingDatagrams echo;
    Finished run = run_in(dialect, script.in(dialect),
                          {"--set", "HOST=127.0.0.1", "--set", fmt::format("PORT={}", echo.port())});
    EXPECT_EQ(run.exit_code, 0) << dialect << "\n" << run.output << run.errors << text_of(script.in(dialect));
    EXPECT_EQ(echo.take(), "[one, two][ab]") << dialect;
  }
}

TEST(Migrate, GivesAServerTheSameBytesOfAProxyInEveryDialect) {
  expect_same_bytes(
      "> AT#XTCPCLI=1,\"{HOST}\",{PORT}\n< #XTCPCLI: 1,\"connected\"\n< OK\n> AT#XTCPSEND=1,\"Test TCP\"\n"
      "< #XTCPSEND: 8\n< OK\n! #XTCPDATA: 1,8\n> AT#XTCPRECV\n< Test TCP\n< #XTCPRECV: 8\n< OK\n> "
      "AT#XTCPCLI=0\n< OK\n"
      "! #XTCPCLI: 1,\"disconnected\"\n",
      "Test TCP");
}

TEST(Migrate, GivesASubscriberTheSameMessageInEveryDialect) {
  if (!MosquittoBroker::is_installed()) {
    GTEST_SKIP() << "mosquitto is not installed";
  }
  MigratedScript script(
      std::string(attach) +
      "> AT#XMQTTCON=1,\"id\",\"\",\"\",\"{HOST}\",{PORT}\n< OK\n! #XMQTTEVT: 0,0\n"
      "> AT#XMQTTSUB=\"a/b\",1\n< OK\n! #XMQTTEVT: 7,0\n> AT#XMQTTPUB=\"a/b\",1,\"21.5\",1,0\n< OK\n"
      "! #XMQTTMSG: 1,3,4\n! a/b\n! 21.5\n! #XMQTTEVT: 2,0\n> AT#XMQTTCON=0\n< #XMQTTEVT: 1,0\n< OK\n");
  std::vector<std::string> dialects{"slm-1.6"};
  dialects.insert(dialects.end(), later_dialects.begin(), later_dialects.end());
  for (const std::string& dialect : dialects) {
    MosquittoBroker broker;
    std::uint16_t port = broker.start();
    ASSERT_NE(port, 0);
    Finished run = run_in(dialect, script.in(dialect),
                          {"--set", "HOST=127.0.0.1", "--set", fmt::format("PORT={}", port)});
    EXPECT_EQ(run.exit_code, 0) << dialect << "\n" << run.output << run.errors << text_of(script.in(dialect));
  }
}

// The line that the lab's /get has as its body, as the run shows it.
std::string body_in(const std::string& output) {
  std::smatch found;
  std::regex_search(output, found, std::regex("hello from [^\n]*"));
  return found.str();
}

TEST(Migrate, GivesTheFirstSessionTheSameBodyInEveryDialect) {
  LabProcess lab;
  TempFolder folder;
  std::string config =
      folder.write("modem.toml", route("google.com:443", fmt::format("127.0.0.1:{}", lab.port("https"))));
  std::string session = text_of(ATTACHE_TEST_DATA "/../examples/scripts/get.at");
  session = std::regex_replace(session, std::regex("lab/ca.pem"), lab.path("ca"));
  MigratedScript script(session);
  std::string first;
  std::vector<std::string> dialects{"slm-1.6"};
  dialects.insert(dialects.end(), later_dialects.begin(), later_dialects.end());
  for (const std::string& dialect : dialects) {
    std::string path = script.in(dialect);
    Finished run = run_to_end(
        attache({"run", path, "--serve", "--config", config, "--dialect", dialect, "--log-level", "off"}));
    EXPECT_EQ(run.exit_code, 0) << dialect << "\n" << run.output << run.errors;
    std::string body = body_in(run.output);
    EXPECT_NE(body, "") << run.output;
    first = first.empty() ? body : first;
    EXPECT_EQ(body, first) << dialect;
  }
}

TEST(Migrate, LeavesAFailureExplainedInEveryDialect) {
  LabProcess lab;
  TempFolder folder;
  std::string config = folder.write(
      "modem.toml", route("old.example.com:443", fmt::format("127.0.0.1:{}", lab.port("https-expired"))));
  std::string session = text_of(ATTACHE_TEST_DATA "/../examples/scripts/expired.at");
  MigratedScript script(std::regex_replace(session, std::regex("lab/ca.pem"), lab.path("ca")));
  std::vector<std::string> dialects{"slm-1.6"};
  dialects.insert(dialects.end(), later_dialects.begin(), later_dialects.end());
  for (const std::string& dialect : dialects) {
    Finished run = run_to_end(attache({"run", script.in(dialect), "--serve", "--config", config, "--dialect",
                                       dialect, "--log-level", "off", "--explain"}));
    EXPECT_EQ(run.exit_code, 0) << dialect << "\n" << run.output << run.errors;
    EXPECT_THAT(run.errors, HasSubstr("attache explain ca-expired")) << dialect;
  }
}

TEST(Migrate, WritesToStdoutAndNamesWhatIsLeftToAPerson) {
  TempFolder folder;
  std::string path = folder.write("old.at", "> AT#XSLMUART=9600\n< OK\n");
  Finished migrated = run_to_end(attache({"migrate", path, "--to", "slm-2.9"}));
  EXPECT_EQ(migrated.exit_code, 1);
  EXPECT_THAT(migrated.output, HasSubstr("# by hand: the rate of the UART cannot be changed"));
  EXPECT_EQ(migrated.errors, "attache: one place is to be changed by hand: line 2 of the new script\n");
}

TEST(Migrate, RefusesWhatItCannotRead) {
  Finished missing = run_to_end(attache({"migrate", "/nonexistent/a.at", "--to", "slm-3.1"}));
  EXPECT_EQ(missing.exit_code, 2);
  EXPECT_THAT(missing.errors, HasSubstr("/nonexistent/a.at cannot be read"));
  TempFolder folder;
  std::string path = folder.write("a.at", "> AT\n");
  Finished unknown = run_to_end(attache({"migrate", path, "--to", "slm-9"}));
  EXPECT_EQ(unknown.exit_code, 2);
  EXPECT_THAT(unknown.errors, HasSubstr("there is no \"slm-9\""));
}

TEST(Lint, ListsTheWorstFirstAndFails) {
  TempFolder folder;
  std::string path = folder.write("a.at", "> AT#XSEND=1,\"a\"\n< OK\n> AT#XRECV=100\n< OK\n");
  Finished linted = run_to_end(attache({"run", "--lint", "slm-2.9", path}));
  EXPECT_EQ(linted.exit_code, 1);
  EXPECT_EQ(
      linted.output,
      path +
          ":3: silent: AT#XRECV=100: the number is how many seconds to wait, and not how many bytes to take; "
          "0 "
          "waits for ever\n  do:    AT#XRECV=<timeout>; the line comes before the data\n  since: slm-2.9 "
          "(slm-3.1/socket.md)\n" +
          path +
          ":1: changed: AT#XSEND=1,\"a\": there is no data type\n  do:    AT#XSEND=\"text\", or data mode "
          "for "
          "other bytes\n  since: slm-2.9 (slm-3.1/socket.md)\n");
  Finished clean = run_to_end(attache({"run", "--lint", "slm-1.6", path}));
  EXPECT_EQ(clean.exit_code, 0);
  EXPECT_EQ(clean.output, "");
}

TEST(Lint, WritesJson) {
  TempFolder folder;
  std::string path = folder.write("a.at", "> AT#XRECV=100\n< OK\n");
  Finished linted = run_to_end(attache({"run", "--lint", "serial-modem-2.0", "--json", "-", path}));
  EXPECT_EQ(linted.exit_code, 1);
  auto json = boost::json::parse(linted.output);
  EXPECT_EQ(json.at("dialect").as_string(), "serial-modem-2.0");
  const auto& findings = json.at("scripts").at(0).at("findings").as_array();
  ASSERT_EQ(findings.size(), 2U);
  EXPECT_EQ(findings[0].at("weight").as_string(), "silent");
  EXPECT_EQ(findings[0].at("line").as_int64(), 1);
  EXPECT_EQ(findings[0].at("by_hand").as_bool(), true) << "the length has no successor";
  EXPECT_EQ(findings[1].at("since").as_string(), "serial-modem-2.0");
}

TEST(Lint, RefusesDialectsAndScriptsThatAreNone) {
  Finished unknown = run_to_end(attache({"run", "--lint", "slm-9", "a.at"}));
  EXPECT_EQ(unknown.exit_code, 2);
  Finished nothing = run_to_end(attache({"run", "--lint", "slm-3.1"}));
  EXPECT_EQ(nothing.exit_code, 2);
  EXPECT_THAT(nothing.errors, HasSubstr("no script is named"));
}

}  // namespace
}  // namespace attache::system_test
