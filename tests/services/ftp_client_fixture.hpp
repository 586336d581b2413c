#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/spawn.hpp"
#include "services/ftp_client.hpp"
#include "services/memory_ftp_server.hpp"

namespace attache::services {

/// Collects a download.
class StringSink final : public FtpSink {
 public:
  asio::awaitable<void> take(std::string_view piece) override {
    bytes += piece;
    co_return;
  }
  std::string bytes;
};

/// Gives a string in pieces.
class StringSource final : public FtpSource {
 public:
  explicit StringSource(std::string bytes, std::size_t piece = 1000)
      : bytes_(std::move(bytes)), piece_(piece) {}
  asio::awaitable<std::string_view> next() override {
    std::string_view piece = std::string_view(bytes_).substr(given_, piece_);
    given_ += piece.size();
    co_return piece;
  }

 private:
  std::string bytes_;
  std::size_t piece_;
  std::size_t given_ = 0;
};

/// A client, its server in memory, and what the client's user is told.
class FtpClientTest : public testing::Test, public FtpObserver {
 protected:
  using Outcome = FtpClient::Outcome;

  FtpClientTest() {
    bearer_.add_name("ftp.test", net::Family::ipv4, asio::ip::make_address("192.0.2.1"));
    bearer_.add_name("ftp.test", net::Family::ipv6, asio::ip::make_address("2001:db8::1"));
  }

  ~FtpClientTest() override {
    if (client_) {
      client_->disconnect();
      clock_.settle();
    }
  }

  FtpClient& client() {
    if (!client_) {
      client_ = std::make_unique<FtpClient>(bearer_, descriptors_, clock_, journal_, *this, options_);
    }
    return *client_;
  }

  std::shared_ptr<std::optional<Outcome>> start(asio::awaitable<Outcome> work) {
    auto result = std::make_shared<std::optional<Outcome>>();
    asio::co_spawn(context_, std::move(work), [result](std::exception_ptr error, Outcome outcome) {
      EXPECT_FALSE(error);
      *result = std::move(outcome);
    });
    clock_.settle();
    return result;
  }

  Outcome run(asio::awaitable<Outcome> work) {
    auto result = start(std::move(work));
    EXPECT_TRUE(*result) << "the operation waits";
    return *result ? **result : Outcome{};
  }

  Outcome open() { return run(client().open({"ftp.test", 21, std::nullopt}, {"me", "secret"})); }

  void open_quietly() {
    ASSERT_TRUE(open());
    server_.take_commands();
    told_.clear();
  }

  void replied(std::string_view reply) override { told_ += reply; }
  void lost(const net::Failure& failure) override { losses_.push_back(failure.code); }

  asio::io_context context_;
  base::ManualClock clock_{context_};
  net::MemoryBearer bearer_{clock_};
  base::NullJournal journal_;
  DescriptorTable descriptors_{8};
  MemoryFtpServer server_{bearer_};
  FtpClient::Options options_;
  std::string told_;
  std::vector<net::Errno> losses_;

 private:
  std::unique_ptr<FtpClient> client_;
};

}  // namespace attache::services
