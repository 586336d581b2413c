#include "client/keyboard.hpp"

#include <unistd.h>

#include <algorithm>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <optional>
#include <string>

#include "vocabulary/vocabulary.hpp"

namespace attache::client {

namespace {

/// The lines of a file descriptor.
class InputLines {
 public:
  InputLines(asio::io_context& context, int descriptor) : stream_(context, ::dup(descriptor)) {}

  /// The next line without its end; the last one may lack one. Nothing at the end of the input.
  asio::awaitable<std::optional<std::string>> next() {
    boost::system::error_code error;
    std::size_t count = co_await asio::async_read_until(stream_, asio::dynamic_buffer(text_), '\n',
                                                        asio::redirect_error(asio::use_awaitable, error));
    if (error) {
      count = text_.size();
    }
    if (count == 0) {
      co_return std::nullopt;
    }
    std::string line = text_.substr(0, count);
    text_.erase(0, count);
    while (line.ends_with('\n') || line.ends_with('\r')) {
      line.pop_back();
    }
    co_return line;
  }

 private:
  asio::posix::stream_descriptor stream_;
  std::string text_;
};

void discard(Conversation& conversation) {
  conversation.reader().take_raw(conversation.reader().raw().size());
}

asio::awaitable<void> wait_for_result(Conversation& conversation, base::Duration timeout) {
  base::Time deadline = conversation.clock().now() + timeout;
  while (!conversation.is_closed() && conversation.clock().now() < deadline) {
    while (auto line = conversation.reader().take_line()) {
      if (vocabulary::is_final_result(*line)) {
        co_return;
      }
    }
    bool more = co_await conversation.more(deadline);
    (void)more;
  }
}

}  // namespace

asio::awaitable<void> send_lines_of(int descriptor, Conversation& conversation, KeyboardOptions options) {
  InputLines input(conversation.clock().context(), descriptor);
  bool is_typed = ::isatty(descriptor) == 1;
  bool in_quotes = false;
  while (!conversation.is_closed()) {
    auto line = co_await input.next();
    if (!line) {
      break;
    }
    discard(conversation);
    conversation.send(*line + std::string(bytes_of(options.line_end)));
    in_quotes ^= std::count(line->begin(), line->end(), '"') % 2 != 0;
    if (!is_typed && !in_quotes && !line->empty()) {
      co_await wait_for_result(conversation, options.timeout);
    }
  }
  co_await conversation.silence(options.quiet);
}

}  // namespace attache::client
