#include "client/keyboard.hpp"

#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>

#include "client/input_lines.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::client {

namespace {

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
