#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

#include "lab/certificate_authority.hpp"

namespace attache::net {

/// `openssl s_server` on a port that the kernel chooses, with files in a folder of its own.
class OpensslServer {
 public:
  OpensslServer() {
    std::string pattern = (std::filesystem::temp_directory_path() / "attache-net-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
  }
  ~OpensslServer() {
    if (process_ > 0) {
      ::kill(process_, SIGKILL);
      ::waitpid(process_, nullptr, 0);
    }
    for (int end : {input_, output_}) {
      if (end >= 0) {
        ::close(end);
      }
    }
    std::filesystem::remove_all(folder_);
  }
  OpensslServer(const OpensslServer&) = delete;
  OpensslServer& operator=(const OpensslServer&) = delete;

  /// The path of a file with this text.
  std::string file(const std::string& name, const std::string& text) const {
    std::string path = folder_ + "/" + name;
    std::ofstream(path) << text;
    return path;
  }

  /// Options that name the certificate and its key.
  std::vector<std::string> identity(const lab::KeyAndCertificate& leaf) const {
    return {"-cert", file("leaf.pem", leaf.certificate_pem), "-key", file("leaf.key", leaf.private_key_pem)};
  }

  /// Starts it with `-www` and waits until it listens; 0 if it does not start.
  std::uint16_t start(std::vector<std::string> options) {
    options.insert(options.begin(), {"-accept", "127.0.0.1:0", "-www"});
    return run(std::move(options));
  }

  /// Starts it for DTLS: it prints what comes, and sends what is written to it.
  std::uint16_t start_dtls(std::vector<std::string> options, const std::string& address = "127.0.0.1") {
    options.insert(options.begin(), {"-dtls1_2", "-accept", address + ":0"});
    return run(std::move(options));
  }

  /// Lets a DTLS server send a line.
  void write(const std::string& line) const {
    if (::write(input_, line.data(), line.size()) < 0) {
      std::perror("writing to openssl s_server");
    }
  }

  /// True once it has printed a line that ends so; false if it ends before.
  bool prints(std::string_view end) {
    std::string line;
    while (!(line = next_line()).empty()) {
      if (std::string_view(line).substr(0, line.size() - 1).ends_with(end)) {
        return true;
      }
    }
    return false;
  }

 private:
  std::uint16_t run(std::vector<std::string> options) {
    std::array<int, 2> output{};
    std::array<int, 2> input{};
    if (::pipe2(output.data(), O_CLOEXEC) != 0 || ::pipe2(input.data(), O_CLOEXEC) != 0) {
      return 0;
    }
    options.insert(options.begin(), {"openssl", "s_server"});
    std::vector<char*> arguments;
    arguments.reserve(options.size() + 1);
    for (auto& option : options) {
      arguments.push_back(option.data());
    }
    arguments.push_back(nullptr);
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(input[0], STDIN_FILENO);
      ::dup2(output[1], STDOUT_FILENO);
      ::dup2(::open("/dev/null", O_RDWR), STDERR_FILENO);
      ::execvp("openssl", arguments.data());
      ::_exit(127);
    }
    ::close(output[1]);
    ::close(input[0]);
    output_ = output[0];
    input_ = input[1];
    return read_port();
  }

  // With its line end; empty at the end.
  std::string next_line() const {
    std::string line;
    char c = 0;
    while ((line.empty() || line.back() != '\n') && ::read(output_, &c, 1) == 1) {
      line += c;
    }
    return line;
  }

  // "ACCEPT 127.0.0.1:41234"
  std::uint16_t read_port() const {
    std::string line;
    while (!(line = next_line()).empty()) {
      if (line.starts_with("ACCEPT ")) {
        return static_cast<std::uint16_t>(std::atoi(line.c_str() + line.rfind(':') + 1));
      }
    }
    return 0;
  }

  std::string folder_;
  pid_t process_ = -1;
  int input_ = -1;
  int output_ = -1;
};

}  // namespace attache::net
