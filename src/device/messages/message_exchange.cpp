#include "device/messages/message_exchange.hpp"

#include <boost/asio/post.hpp>
#include <utility>

namespace attache::device {

MessageExchange::Membership MessageExchange::join(const std::string& number, boost::asio::io_context& context,
                                                  Handler handler) {
  std::scoped_lock lock(mutex_);
  auto kept = std::make_shared<Handler>(std::move(handler));
  auto place = members_.insert({number, Member{context, kept}});
  // The member leaves when the last copy of the membership goes.
  return {kept.get(), [this, place, kept](void*) mutable {
            std::scoped_lock leaving(mutex_);
            members_.erase(place);
            kept.reset();
          }};
}

bool MessageExchange::send(const std::string& number, const sms::Deliver& message,
                           std::chrono::minutes validity) {
  std::scoped_lock lock(mutex_);
  auto after = members_.upper_bound(number);
  if (after == members_.begin() || std::prev(after)->first != number) {
    return false;
  }
  const Member& member = std::prev(after)->second;
  boost::asio::post(member.context, [handler = member.handler, message, validity] {
    if (auto alive = handler.lock()) {
      (*alive)(message, validity);
    }
  });
  return true;
}

}  // namespace attache::device
