#include "system/support/process.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <regex>
#include <stdexcept>
#include <utility>

namespace attache::system_test {

namespace {

struct Pipe {
  int read_end = -1;
  int write_end = -1;

  Pipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      throw std::runtime_error("no pipe can be made");
    }
    read_end = ends[0];
    write_end = ends[1];
  }
};

std::vector<char*> pointers(std::vector<std::string>& texts) {
  std::vector<char*> result;
  result.reserve(texts.size() + 1);
  for (std::string& text : texts) {
    result.push_back(text.data());
  }
  result.push_back(nullptr);
  return result;
}

// False at the end of the stream.
bool read_into(int descriptor, std::string& text, std::mutex& mutex) {
  std::array<char, 16 * 1024> buffer{};
  ssize_t count = ::read(descriptor, buffer.data(), buffer.size());
  if (count < 0 && errno == EINTR) {
    return true;
  }
  if (count <= 0) {
    return false;
  }
  std::lock_guard lock(mutex);
  text.append(buffer.data(), static_cast<std::size_t>(count));
  return true;
}

// The device's log goes to stderr: "2021-06-01 12:00:00.000 warning modem: the text". A line without text is
// a fault of whatever test the program runs for.
void expect_text_in_log_lines(const std::string& errors) {
  static const std::regex line_without_text(R"(\n\d{4}-\d\d-\d\d [0-9:.]+ [a-z]+ \w+: *\n)");
  std::smatch found;
  EXPECT_FALSE(std::regex_search(errors, found, line_without_text)) << "in the log stands:" << found.str();
}

int reap(pid_t pid) {
  int status = 0;
  while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
  }
  return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

std::pair<int, int> socket_pair() {
  std::array<int, 2> ends{};
  if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()) != 0) {
    throw std::runtime_error("no socket pair can be made");
  }
  return {ends[0], ends[1]};
}

std::optional<std::string> find_program(const std::string& name) {
  const char* variable = std::getenv("PATH");
  std::string path = std::string(variable != nullptr ? variable : "/usr/bin:/bin") + ":/usr/sbin:/sbin";
  for (std::size_t begin = 0; begin < path.size();) {
    std::size_t end = std::min(path.find(':', begin), path.size());
    std::string file = path.substr(begin, end - begin) + "/" + name;
    if (::access(file.c_str(), X_OK) == 0) {
      return file;
    }
    begin = end + 1;
  }
  return std::nullopt;
}

Process::Process(std::vector<std::string> arguments, ProcessOptions options) {
  Pipe output;
  Pipe errors;
  int null = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  auto argument_pointers = pointers(arguments);
  auto environment_pointers = pointers(options.environment);
  for (char** variable = environ; *variable != nullptr; ++variable) {
    environment_pointers.insert(environment_pointers.end() - 1, *variable);
  }
  int stdin_of_child = options.input >= 0 ? options.input : null;
  int stdout_of_child = options.output >= 0 ? options.output : output.write_end;

  pid_t parent = ::getpid();
  pid_ = ::fork();
  if (pid_ == 0) {
    // Only what is safe between fork and exec. The child must not outlive a test that is killed.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    bool ready = ::getppid() == parent && ::dup2(stdin_of_child, STDIN_FILENO) >= 0 &&
                 ::dup2(stdout_of_child, STDOUT_FILENO) >= 0 && ::dup2(errors.write_end, STDERR_FILENO) >= 0;
    if (ready) {
      ::execve(argument_pointers[0], argument_pointers.data(), environment_pointers.data());
    }
    ::_exit(127);
  }
  for (int descriptor : {null, output.write_end, errors.write_end, options.input}) {
    if (descriptor >= 0) {
      ::close(descriptor);
    }
  }
  if (options.output >= 0 && options.output != options.input) {
    ::close(options.output);
  }
  if (pid_ < 0) {
    throw std::runtime_error("no process can be started");
  }
  collector_ = std::thread([this, out = output.read_end, err = errors.read_end] { collect(out, err); });
}

Process::~Process() {
  signal(SIGKILL);
  collector_.join();
  expect_text_in_log_lines("\n" + errors_);
}

void Process::signal(int number) const {
  std::lock_guard lock(mutex_);
  if (!exit_code_) {
    ::kill(pid_, number);
  }
}

// Runs in a thread of its own, so that the program never waits for a reader.
void Process::collect(int output, int errors) {
  std::array<pollfd, 2> open{{{output, POLLIN, 0}, {errors, POLLIN, 0}}};
  std::array<std::string*, 2> texts{&output_, &errors_};
  while (open[0].fd >= 0 || open[1].fd >= 0) {
    ::poll(open.data(), open.size(), -1);
    for (std::size_t i = 0; i < open.size(); ++i) {
      if (open[i].fd >= 0 && open[i].revents != 0 && !read_into(open[i].fd, *texts[i], mutex_)) {
        ::close(open[i].fd);
        open[i].fd = -1;
      }
    }
    changed_.notify_all();
  }
  // It stays a zombie until here: its number cannot be another's while signal() uses it.
  siginfo_t ended{};
  while (::waitid(P_PID, static_cast<id_t>(pid_), &ended, WEXITED | WNOWAIT) < 0 && errno == EINTR) {
  }
  std::lock_guard lock(mutex_);
  exit_code_ = reap(pid_);
  changed_.notify_all();
}

std::string Process::output() const {
  std::lock_guard lock(mutex_);
  return output_;
}

std::string Process::errors() const {
  std::lock_guard lock(mutex_);
  return errors_;
}

bool Process::wait_until(const std::function<bool()>& reached) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, patience, [&] { return reached() || exit_code_; });
  return reached();
}

bool Process::wait_for_output(std::string_view text) {
  return wait_until([&] { return output_.find(text) != std::string::npos; });
}

bool Process::wait_for_error(std::string_view text, std::size_t from) {
  return wait_until([&] { return errors_.find(text, from) != std::string::npos; });
}

std::optional<int> Process::wait_exit() {
  wait_until([] { return false; });
  std::lock_guard lock(mutex_);
  return exit_code_;
}

long Process::memory_kib(std::string_view field) const {
  std::ifstream status("/proc/" + std::to_string(pid_) + "/status");
  std::string word;
  while (status >> word) {
    if (word == field) {
      long kib = 0;
      status >> kib;
      return kib;
    }
  }
  return 0;
}

Finished run_to_end(std::vector<std::string> arguments, std::string_view input) {
  // A socket rather than a pipe: writing to a program that has ended must not raise SIGPIPE here.
  auto [ours, its] = socket_pair();
  ProcessOptions options;
  options.input = its;
  Process process(std::move(arguments), options);
  while (!input.empty()) {
    ssize_t count = ::send(ours, input.data(), input.size(), MSG_NOSIGNAL);
    if (count <= 0) {
      break;
    }
    input.remove_prefix(static_cast<std::size_t>(count));
  }
  ::close(ours);
  auto code = process.wait_exit();
  return {code.value_or(-1), process.output(), process.errors()};
}

std::vector<std::string> attache(const std::vector<std::string>& arguments) {
  std::vector<std::string> all{ATTACHE_PROGRAM};
  all.insert(all.end(), arguments.begin(), arguments.end());
  return all;
}

}  // namespace attache::system_test
