#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

namespace attache::system_test {

/// A real mosquitto on a port of this machine, with files in a folder of its own.
class MosquittoBroker {
 public:
  MosquittoBroker() {
    std::string pattern = (std::filesystem::temp_directory_path() / "attache-mqtt-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~MosquittoBroker() {
    stop();
    std::filesystem::remove_all(folder_);
  }
  MosquittoBroker(const MosquittoBroker&) = delete;
  MosquittoBroker& operator=(const MosquittoBroker&) = delete;

  [[nodiscard]] static bool is_installed() {
    return ::access("/usr/sbin/mosquitto", X_OK) == 0 || ::access("/usr/bin/mosquitto", X_OK) == 0;
  }

  /// The path of a file with this text.
  std::string file(const std::string& name, const std::string& text) const {
    std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    return path;
  }

  /// Lets in only who has this password.
  std::string password_file(const std::string& user, const std::string& password) const {
    std::string path = file("passwords", user + ":" + password + "\n");
    run({"mosquitto_passwd", "-U", path});
    return path;
  }

  /// Starts it with these further lines of configuration, and waits until it listens; 0 if it does not.
  std::uint16_t start(const std::string& lines = "allow_anonymous true\n",
                      const std::string& address = "127.0.0.1") {
    std::uint16_t port = free_port(address);
    std::string path = file("mosquitto.conf", "user root\npersistence false\nlog_dest stderr\nlistener " +
                                                  std::to_string(port) + " " + address + "\n" + lines);
    std::array<int, 2> log{};
    if (::pipe2(log.data(), O_CLOEXEC) != 0) {
      return 0;
    }
    process_ = spawn({"/usr/sbin/mosquitto", "-c", path}, log[1]);
    ::close(log[1]);
    log_ = log[0];
    return is_running() ? port : 0;
  }

  void stop() {
    if (process_ > 0) {
      ::kill(process_, SIGKILL);
      ::waitpid(process_, nullptr, 0);
      process_ = -1;
    }
    if (log_ >= 0) {
      ::close(log_);
      log_ = -1;
    }
  }

  static std::uint16_t free_port(const std::string& address = "127.0.0.1") {
    boost::asio::io_context context;
    boost::asio::ip::tcp::acceptor probe(context, {boost::asio::ip::make_address(address), 0});
    return probe.local_endpoint().port();
  }

 private:
  static pid_t spawn(std::vector<std::string> words, int log) {
    std::vector<char*> arguments;
    for (auto& word : words) {
      arguments.push_back(word.data());
    }
    arguments.push_back(nullptr);
    pid_t process = ::fork();
    if (process == 0) {
      ::dup2(log, STDERR_FILENO);
      ::execvp(arguments[0], arguments.data());
      ::_exit(127);
    }
    return process;
  }

  static void run(std::vector<std::string> words) {
    pid_t process = spawn(std::move(words), STDERR_FILENO);
    ::waitpid(process, nullptr, 0);
  }

  // Its log says "mosquitto version … running".
  [[nodiscard]] bool is_running() const {
    std::string line;
    char c = 0;
    while (::read(log_, &c, 1) == 1) {
      line += c;
      if (c == '\n') {
        if (line.ends_with("running\n")) {
          return true;
        }
        line.clear();
      }
    }
    return false;
  }

  std::string folder_;
  pid_t process_ = -1;
  int log_ = -1;
};

}  // namespace attache::system_test
