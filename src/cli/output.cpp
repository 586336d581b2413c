#include "cli/output.hpp"

#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <iostream>
#include <string>

#include "base/posix/file_descriptor.hpp"
#include "base/posix/private_file.hpp"
#include "cli/commands.hpp"
#include "cli/complaint.hpp"

namespace attache::cli {

namespace {

base::Reason loss(int error) {
  return base::make_reason("the output is not complete",
                           error != 0 ? base::error_text(error) : "stdout took not all of it",
                           base::path_advice(error));
}

}  // namespace

bool wants_colours(int descriptor) {
  const char* refusal = std::getenv("NO_COLOR");
  const char* terminal = std::getenv("TERM");
  bool is_refused = refusal != nullptr && *refusal != '\0';
  bool is_dumb = terminal != nullptr && std::string_view(terminal) == "dumb";
  return ::isatty(descriptor) == 1 && !is_refused && !is_dumb;
}

base::Result<void> say(std::FILE* stream, std::string_view text) {
  errno = 0;
  bool written = std::fwrite(text.data(), 1, text.size(), stream) == text.size();
  if (std::fflush(stream) == 0 && written) {
    return {};
  }
  int error = errno;
  if (error == EBADF || error == EPIPE) {
    std::clearerr(stream);
    return {};
  }
  return loss(error);
}

int end_output(int exit_code) {
  errno = 0;
  std::cout.flush();
  bool flushed = std::fflush(stdout) == 0;
  int error = errno;
  if (flushed && std::cout.good() && std::ferror(stdout) == 0) {
    return exit_code;
  }
  complain(loss(error));
  return exit_code == exit_success ? exit_failure : exit_code;
}

}  // namespace attache::cli
