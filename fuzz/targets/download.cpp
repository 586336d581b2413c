#include "services/download.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/text.hpp"
#include "net/memory_bearer.hpp"
#include "targets/invariant.hpp"
#include "targets/loop.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

namespace {

using namespace std::chrono_literals;
using services::Download;

constexpr char record_separator = '\x1E';
constexpr unsigned secured = 1;
constexpr unsigned cancelled_early = 2;
constexpr unsigned small_reads = 4;

/// A download whose server answers each request with the fuzzer's next record.
class Session {
 public:
  Session(unsigned flags, std::vector<std::string_view> answers)
      : flags_(flags), answers_(std::move(answers)) {
    bearer_.add_name("server", net::Family::ipv4, boost::asio::ip::make_address("192.0.2.10"));
    if ((flags & small_reads) != 0) {
      bearer_.limit_reads(7);
    }
    bearer_.on_connect([this](std::shared_ptr<net::MemoryConnection> made) {
      ++connections_;
      made->on_data([this](net::MemoryConnection& self) {
        if (self.received.ends_with("\r\n\r\n")) {
          self.received.clear();
          answer(self);
        }
      });
      return std::optional<net::Failure>();
    });
  }

  void play() {
    loop_.start(download());
    loop_.run();
    if ((flags_ & cancelled_early) != 0) {
      download_.cancel();
    }
    // A server that does not answer has its time, for the first request and at each of the retries.
    loop_.pass((Download::retries + 1) * 1min);
    must(loop_.working() == 0, "a download ends although the server says nothing");
    must(connections_ <= answers_.size() + Download::retries + 1, "no more connections than answers");
  }

 private:
  // The first byte of a record says what becomes of the connection behind it.
  void answer(net::MemoryConnection& connection) {
    std::string_view record = next_ < answers_.size() ? answers_[next_] : "c";
    ++next_;
    must(next_ <= answers_.size() + Download::retries + 2,
         "a server that says nothing is not asked for ever");
    if (!record.empty()) {
      sent_ += record.size() - 1;
      connection.send(record.substr(1));
    }
    if (record.starts_with('c')) {
      connection.close();
    } else if (record.starts_with('r')) {
      connection.fail(net::Errno::connection_reset);
    }
  }

  boost::asio::awaitable<void> download() {
    auto connected = co_await download_.connect();
    must(connected.has_value() || (flags_ & cancelled_early) != 0, "a server that listens is connected to");
    std::size_t received = 0;
    while (download_.total() == 0 || received < download_.total()) {
      auto fragment = co_await download_.next();
      if (!fragment) {
        must(!fragment.error().reason.what.empty() && !fragment.error().reason.why.empty(),
             "a download that fails has a reason");
        base::to_block(fragment.error().reason);
        co_return;
      }
      must(!fragment->empty() && fragment->size() <= Download::fragment_size, "a fragment has its size");
      received += fragment->size();
      must(received == download_.offset() && received <= download_.total(), "fragments follow each other");
      must(received <= sent_, "no more is received than was sent");
    }
    auto behind = co_await download_.next();
    must(!behind || behind->empty(), "there is nothing behind the end");
  }

  Download::Target target() const {
    Download::Target target;
    target.host = "server";
    target.port = 80;
    target.path = "/image";
    if ((flags_ & secured) != 0) {
      target.sec_tag = 16842753;
    }
    return target;
  }

  unsigned flags_;
  std::vector<std::string_view> answers_;
  std::size_t next_ = 0;
  std::size_t connections_ = 0;
  std::size_t sent_ = 0;
  Loop loop_;
  net::MemoryBearer bearer_{loop_.clock()};
  base::NullJournal journal_;
  Download download_{bearer_, journal_, loop_.clock(), target()};
};

}  // namespace

void fuzz_download(std::string_view input) {
  if (input.empty()) {
    return;
  }
  Session(static_cast<unsigned char>(input.front()), base::split(input.substr(1), record_separator)).play();
}

}  // namespace attache::fuzz
