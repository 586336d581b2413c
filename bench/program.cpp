#include "bench/program.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sched.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <utility>

namespace attache::bench {

namespace {

[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(fmt::format("{}: {}", what, std::strerror(errno)));
}

cpu_set_t only(int cpu) {
  cpu_set_t set;
  CPU_ZERO(&set);
  CPU_SET(static_cast<unsigned>(cpu), &set);
  return set;
}

// Between fork and exec: calls that are safe there only.
[[noreturn]] void become(char* const* arguments, int output, const cpu_set_t* cpus) {
  if (cpus != nullptr) {
    ::sched_setaffinity(0, sizeof *cpus, cpus);
  }
  int nowhere = ::open("/dev/null", O_RDWR);
  ::dup2(nowhere, STDIN_FILENO);
  ::dup2(output, STDOUT_FILENO);
  ::dup2(nowhere, STDERR_FILENO);
  ::execvp(arguments[0], arguments);
  ::_exit(127);
}

}  // namespace

Program::Program(const std::vector<std::string>& arguments, std::optional<int> cpu) {
  std::vector<std::string> copies = arguments;
  std::vector<char*> pointers;
  for (std::string& argument : copies) {
    pointers.push_back(argument.data());
  }
  pointers.push_back(nullptr);
  cpu_set_t cpus = only(cpu.value_or(0));
  std::array<int, 2> pipe{};
  if (::pipe2(pipe.data(), O_CLOEXEC) != 0) {
    fail("pipe");
  }
  pid_ = ::fork();
  if (pid_ == 0) {
    become(pointers.data(), pipe[1], cpu ? &cpus : nullptr);
  }
  ::close(pipe[1]);
  output_ = pipe[0];
  if (pid_ < 0) {
    fail("fork");
  }
}

Program::~Program() {
  stop();
  ::close(output_);
}

std::string Program::read_line() {
  std::string line;
  char c = 0;
  while (::read(output_, &c, 1) == 1) {
    if (c == '\n') {
      return line;
    }
    line += c;
  }
  throw std::runtime_error(fmt::format("a program ended after \"{}\"", line));
}

std::string Program::read_address() {
  constexpr std::string_view prefix = "ready ";
  std::string line = read_line();
  if (!line.starts_with(prefix)) {
    throw std::runtime_error(fmt::format("\"ready ADDRESS\" expected, not \"{}\"", line));
  }
  return line.substr(prefix.size());
}

std::string Program::read_rest() {
  std::string text;
  std::array<char, 4096> buffer{};
  ssize_t count = 0;
  while ((count = ::read(output_, buffer.data(), buffer.size())) > 0) {
    text.append(buffer.data(), static_cast<std::size_t>(count));
  }
  ::waitpid(std::exchange(pid_, -1), nullptr, 0);
  return text;
}

std::chrono::nanoseconds Program::cpu_time() const {
  clockid_t clock{};
  timespec used{};
  if (::clock_getcpuclockid(pid_, &clock) != 0 || ::clock_gettime(clock, &used) != 0) {
    fail("the processor time of a program cannot be read");
  }
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

Memory Program::memory() const {
  std::ifstream file(fmt::format("/proc/{}/smaps_rollup", pid_));
  Memory memory;
  std::string word;
  while (file >> word) {
    std::size_t* figure = word == "Rss:"             ? &memory.resident
                          : word == "Pss:"           ? &memory.proportional
                          : word == "Private_Dirty:" ? &memory.own
                                                     : nullptr;
    if (figure != nullptr && file >> *figure) {
      *figure *= 1024;
    }
  }
  return memory;
}

void Program::stop() {
  if (pid_ > 0) {
    ::kill(pid_, SIGTERM);
    ::waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
}

std::string beside_this_program(const std::string& name) {
  return (std::filesystem::read_symlink("/proc/self/exe").parent_path() / name).string();
}

Cores choose_cores() {
  cpu_set_t allowed;
  if (::sched_getaffinity(0, sizeof allowed, &allowed) != 0) {
    return {};
  }
  std::vector<int> cpus;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(static_cast<unsigned>(cpu), &allowed)) {
      cpus.push_back(cpu);
    }
  }
  return {cpus.front(), cpus.back()};
}

void pin_this_process(std::optional<int> cpu) {
  if (cpu) {
    cpu_set_t cpus = only(*cpu);
    ::sched_setaffinity(0, sizeof cpus, &cpus);
  }
}

}  // namespace attache::bench
