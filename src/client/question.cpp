#include "client/question.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"
#include "client/urc.hpp"
#include "vocabulary/vocabulary.hpp"

namespace attache::client {

namespace {

bool leaves_quotes_open(std::string_view line) {
  return std::count(line.begin(), line.end(), '"') % 2 != 0;
}

}  // namespace

std::string_view Answer::value(std::string_view name) const {
  for (const std::string& line : lines) {
    if (line_name(line) == name) {
      return base::trim(std::string_view(line).substr(name.size() + 1));
    }
  }
  return {};
}

asio::awaitable<Answer> ask(Conversation& conversation, std::string command, std::string_view line_end,
                            base::Duration timeout) {
  LineReader& reader = conversation.reader();
  reader.take_raw(reader.raw().size());
  conversation.send(command.append(line_end));
  Answer answer;
  base::Time deadline = conversation.clock().now() + timeout;
  while (true) {
    while (auto line = reader.take_line()) {
      if (vocabulary::is_final_result(*line)) {
        answer.result = std::move(*line);
        co_return answer;
      }
      if (!answer.lines.empty() && leaves_quotes_open(answer.lines.back())) {
        answer.lines.back() += "\n" + *line;
      } else {
        answer.lines.push_back(std::move(*line));
      }
    }
    if (conversation.is_closed() || conversation.clock().now() >= deadline) {
      co_return answer;
    }
    bool more = co_await conversation.more(deadline);
    (void)more;
  }
}

}  // namespace attache::client
