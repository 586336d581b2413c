#include "serial/stream_port.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <optional>

#include "base/posix/port_failure.hpp"
#include "serial/descriptor_port.hpp"
#include "serial/owned_port.hpp"

namespace attache::serial {

namespace {

class StreamPort final : public DescriptorPort {
 public:
  StreamPort(asio::io_context& context, std::string address, base::FileDescriptor stream)
      : DescriptorPort(context, std::move(address)) {
    connect(std::make_shared<Connection>(context.get_executor(), std::move(stream)));
    set_host(true);
  }
};

// A descriptor made non-blocking for a while: the flag belongs to all who share the open file.
class BorrowedDescriptor {
 public:
  explicit BorrowedDescriptor(int descriptor)
      : descriptor_(descriptor), flags_(::fcntl(descriptor, F_GETFL)) {
    ::fcntl(descriptor_, F_SETFL, flags_ | O_NONBLOCK);
  }
  BorrowedDescriptor(const BorrowedDescriptor&) = delete;
  BorrowedDescriptor& operator=(const BorrowedDescriptor&) = delete;
  ~BorrowedDescriptor() { ::fcntl(descriptor_, F_SETFL, flags_); }

 private:
  int descriptor_;
  int flags_;
};

// Pipes and terminals can be opened anew through /proc; a file would lose its position, a socket cannot.
base::FileDescriptor open_anew(int descriptor, int access) {
  struct stat status {};
  if (::fstat(descriptor, &status) != 0 || !(S_ISFIFO(status.st_mode) || ::isatty(descriptor) == 1)) {
    return {};
  }
  return base::open_file(fmt::format("/proc/self/fd/{}", descriptor), access | O_NONBLOCK);
}

// A reader of our output that has gone is a matter of write(2)'s result, not of life and death.
void ignore_broken_pipes() {
  std::signal(SIGPIPE, SIG_IGN);
}

class StdioPort final : public DescriptorPort {
 public:
  explicit StdioPort(asio::io_context& context) : DescriptorPort(context, "stdio") {}

  base::Result<void> start(int input, int output) {
    ignore_broken_pipes();
    base::FileDescriptor own_input = take(input, O_RDONLY, lent_input_);
    if (!own_input) {
      return base::port_failure(address(), fmt::format("standard input: {}", base::error_text(errno)));
    }
    base::FileDescriptor own_output = take(output, O_WRONLY, lent_output_);
    if (!own_output) {
      return base::port_failure(address(), fmt::format("standard output: {}", base::error_text(errno)));
    }
    connect(
        std::make_shared<Connection>(context().get_executor(), std::move(own_input), std::move(own_output)));
    set_host(true);
    return {};
  }

 private:
  static base::FileDescriptor take(int descriptor, int access, std::optional<BorrowedDescriptor>& lent) {
    base::FileDescriptor own = open_anew(descriptor, access);
    if (!own) {
      own = base::FileDescriptor(::fcntl(descriptor, F_DUPFD_CLOEXEC, 3));
      if (own) {
        lent.emplace(descriptor);
      }
    }
    return own;
  }

  void release() override {
    lent_output_.reset();
    lent_input_.reset();
  }

  std::optional<BorrowedDescriptor> lent_input_;
  std::optional<BorrowedDescriptor> lent_output_;
};

}  // namespace

std::unique_ptr<Port> make_stream_port(asio::io_context& context, std::string address,
                                       base::FileDescriptor stream) {
  return std::make_unique<OwnedPort>(
      std::make_shared<StreamPort>(context, std::move(address), std::move(stream)));
}

base::Result<std::unique_ptr<Port>> open_stdio_port(asio::io_context& context, int input, int output) {
  auto port = std::make_shared<StdioPort>(context);
  std::unique_ptr<Port> owned = std::make_unique<OwnedPort>(port);
  if (auto started = port->start(input, output); !started) {
    return started.error();
  }
  return owned;
}

}  // namespace attache::serial
