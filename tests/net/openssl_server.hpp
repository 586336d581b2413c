#pragma once

#include <fcntl.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "lab/certificate_authority.hpp"

namespace attache::net {

/// `openssl s_server -www` on a port that the kernel chooses, with files in a folder of its own.
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
    if (output_ >= 0) {
      ::close(output_);
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

  /// Starts it and waits until it listens; 0 if it does not start.
  std::uint16_t start(std::vector<std::string> options) {
    std::array<int, 2> output{};
    if (::pipe2(output.data(), O_CLOEXEC) != 0) {
      return 0;
    }
    options.insert(options.begin(), {"openssl", "s_server", "-accept", "127.0.0.1:0", "-www"});
    std::vector<char*> arguments;
    arguments.reserve(options.size() + 1);
    for (auto& option : options) {
      arguments.push_back(option.data());
    }
    arguments.push_back(nullptr);
    process_ = ::fork();
    if (process_ == 0) {
      ::dup2(output[1], STDOUT_FILENO);
      ::dup2(::open("/dev/null", O_RDWR), STDERR_FILENO);
      ::execvp("openssl", arguments.data());
      ::_exit(127);
    }
    ::close(output[1]);
    std::uint16_t port = read_port(output[0]);
    output_ = output[0];
    return port;
  }

 private:
  // "ACCEPT 127.0.0.1:41234"
  static std::uint16_t read_port(int output) {
    std::string line;
    char c = 0;
    while (::read(output, &c, 1) == 1) {
      if (c != '\n') {
        line += c;
        continue;
      }
      if (line.starts_with("ACCEPT ")) {
        return static_cast<std::uint16_t>(std::atoi(line.c_str() + line.rfind(':') + 1));
      }
      line.clear();
    }
    return 0;
  }

  std::string folder_;
  pid_t process_ = -1;
  int output_ = -1;
};

}  // namespace attache::net
