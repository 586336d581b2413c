#include "client/input_lines.hpp"

#include <unistd.h>

#include <boost/asio/read_until.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace attache::client {

InputLines::InputLines(asio::io_context& context, int descriptor) : stream_(context, ::dup(descriptor)) {}

asio::awaitable<std::optional<std::string>> InputLines::next() {
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

}  // namespace attache::client
