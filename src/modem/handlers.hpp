#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "modem/pdn.hpp"

namespace attache::modem {

/// Those who want to be called when something changes, each as long as its Subscription lives. One thread
/// only.
template <class... Arguments>
class Handlers {
 public:
  using Handler = std::function<void(Arguments...)>;

  /// The handler is called until the last copy of the Subscription has gone. It must not outlive what it
  /// refers to.
  [[nodiscard]] Subscription add(Handler handler) {
    auto subscription = std::make_shared<Handler>(std::move(handler));
    std::erase_if(handlers_, [](const std::weak_ptr<Handler>& held) { return held.expired(); });
    handlers_.push_back(subscription);
    return subscription;
  }
  /// A handler may add another one, which is not called yet, and give up its own.
  void call(Arguments... arguments) const {
    auto handlers = handlers_;
    for (const auto& held : handlers) {
      if (auto handler = held.lock()) {
        (*handler)(arguments...);
      }
    }
  }

 private:
  std::vector<std::weak_ptr<Handler>> handlers_;
};

}  // namespace attache::modem
