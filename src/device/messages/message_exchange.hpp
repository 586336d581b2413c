#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>

#include "modem/message_service.hpp"

namespace attache::device {

/// Where the service centres of devices meet: messages between them by telephone number. Any thread; what is
/// delivered is posted to the recipient's loop. It must outlive its memberships.
class MessageExchange {
 public:
  using Handler = std::function<void(const sms::Deliver& message, std::chrono::minutes validity)>;
  /// Keeps a recipient known while it lives. Its loop must outlive it.
  using Membership = std::shared_ptr<void>;

  /// Several may have one number: the one that joined last is reached.
  [[nodiscard]] Membership join(const std::string& number, boost::asio::io_context& context, Handler handler);

  /// False if nobody has that number.
  bool send(const std::string& number, const sms::Deliver& message, std::chrono::minutes validity);

 private:
  struct Member {
    boost::asio::io_context& context;
    std::weak_ptr<Handler> handler;
  };

  std::mutex mutex_;
  std::multimap<std::string, Member> members_;
};

}  // namespace attache::device
