#include "services/ftp_client.hpp"

#include <memory>
#include <string>
#include <utility>

#include "base/text.hpp"
#include "net/memory_bearer.hpp"
#include "targets/invariant.hpp"
#include "targets/loop.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

namespace {

using namespace std::chrono_literals;
using services::FtpClient;

constexpr char record_separator = '\x1E';
constexpr std::uint16_t control_port = 21;
constexpr std::uint16_t active_port = 3000;
constexpr int most_operations = 32;

/// Counts a download.
class Sink final : public services::FtpSink {
 public:
  boost::asio::awaitable<void> take(std::string_view piece) override {
    must(!piece.empty(), "no piece of a download is empty");
    size += piece.size();
    co_return;
  }
  std::size_t size = 0;
};

/// A session with a server whose bytes on both connections are the fuzzer's.
class Session final : public services::FtpObserver {
 public:
  explicit Session(char options) {
    options_.active = options == 'a';
    options_.active_port = active_port;
    if (options == 's') {
      tag_ = 16842753;
    }
    for (auto [family, address] :
         {std::pair{net::Family::ipv4, "192.0.2.10"}, std::pair{net::Family::ipv6, "2001:db8::10"}}) {
      bearer_.add_name("server", family, boost::asio::ip::make_address(address));
    }
    options_.families = {options == '6' ? net::Family::ipv6 : net::Family::ipv4};
    bearer_.on_connect([this](std::shared_ptr<net::MemoryConnection> made) {
      (made->to.port == control_port ? control_ : data_) = std::move(made);
      return std::optional<net::Failure>();
    });
    client_ = std::make_unique<FtpClient>(bearer_, descriptors_, loop_.clock(), journal_, *this, options_);
    open();
    loop_.run();
  }

  void play(std::string_view record) {
    std::string_view rest = record.empty() ? record : record.substr(1);
    switch (record.empty() ? '\0' : record.front()) {
      case 'D':
        with(data_, [&](net::MemoryConnection& data) { send_data(data, rest); });
        break;
      case 'E':
        with(data_, [](net::MemoryConnection& data) { data.close(); });
        break;
      case 'F':
        with(data_, [](net::MemoryConnection& data) { data.fail(net::Errno::connection_reset); });
        break;
      case 'A':
        if (auto made = bearer_.client_connects(active_port)) {
          data_ = std::move(made);
        }
        break;
      case 'C':
        with(control_, [](net::MemoryConnection& control) { control.close(); });
        break;
      case 'R':
        with(control_, [](net::MemoryConnection& control) { control.fail(net::Errno::connection_reset); });
        break;
      case 'T':
        loop_.pass(std::chrono::milliseconds(base::parse_number<std::uint16_t>(rest).value_or(1)));
        break;
      case 'o':
        client_->disconnect();
        loop_.run();
        open();
        break;
      case 'd':
        begin(client_->download("RETR " + std::string(rest), sink_, rest.size() % 2, &last_reply_));
        break;
      case 'l':
        begin(client_->download("LIST", sink_));
        break;
      case 'u':
        begin(client_->upload("STOR file", std::string(rest)));
        break;
      case 'c':
        begin(client_->run({{std::string(rest), std::nullopt}, {"PWD", 257}}));
        break;
      case 'q':
        begin(client_->quit());
        break;
      case 'x':
        client_->disconnect();
        break;
      default:
        with(control_, [&](net::MemoryConnection& control) { control.send(record); });
    }
    loop_.run();
  }

  void finish() {
    // Each operation has its time, and they wait for each other.
    loop_.pass(most_operations * 2min);
    must(loop_.working() <= 1, "an operation ends although the server says nothing");
    client_->disconnect();
    loop_.run();
    must(loop_.working() == 0, "nothing of a session goes on behind its end");
    must(sink_.size <= sent_, "no more is downloaded than was sent");
    must(control_ == nullptr || control_->closed_by_device(), "the connection is closed behind a session");
    must(descriptors_.take().has_value(), "the descriptors of a session are given back");
  }

  void replied(std::string_view reply) override { must(!reply.empty(), "no reply is empty"); }
  void lost(const net::Failure& failure) override { check(failure); }

 private:
  static void check(const net::Failure& failure) {
    must(!failure.reason.what.empty() && !failure.reason.why.empty(), "a failure has a reason");
    base::to_block(failure.reason);
  }

  template <class Action>
  static void with(const std::shared_ptr<net::MemoryConnection>& connection, const Action& action) {
    if (connection) {
      action(*connection);
    }
  }

  void send_data(net::MemoryConnection& data, std::string_view bytes) {
    sent_ += bytes.size();
    data.send(bytes);
  }

  void open() {
    begin(client_->open({"server", control_port, tag_}, {"me", "secret"}));
    loop_.run();
    loop_.start(client_->keep_alive());
  }

  void begin(boost::asio::awaitable<FtpClient::Outcome> operation) {
    if (operations_ < most_operations) {
      ++operations_;
      loop_.start(end(std::move(operation)));
    }
  }

  static boost::asio::awaitable<void> end(boost::asio::awaitable<FtpClient::Outcome> operation) {
    auto outcome = co_await std::move(operation);
    if (!outcome) {
      check(outcome.error());
    }
  }

  Loop loop_;
  net::MemoryBearer bearer_{loop_.clock()};
  base::NullJournal journal_;
  services::DescriptorTable descriptors_{3};
  FtpClient::Options options_;
  std::optional<std::uint32_t> tag_;
  std::shared_ptr<net::MemoryConnection> control_;
  std::shared_ptr<net::MemoryConnection> data_;
  Sink sink_;
  std::string last_reply_;
  std::size_t sent_ = 0;
  int operations_ = 0;
  std::unique_ptr<FtpClient> client_;
};

}  // namespace

void fuzz_ftp_client(std::string_view input) {
  if (input.empty()) {
    return;
  }
  Session session(input.front());
  for (std::string_view record : base::split(input.substr(1), record_separator)) {
    session.play(record);
  }
  session.finish();
}

}  // namespace attache::fuzz
