#pragma once

#include <memory>

namespace attache::doctor {

/// A value that copies share until one of them changes it: what is large and seldom changes costs a copy of
/// the device's state nothing. One thread only.
template <class Value>
class Shared {
 public:
  const Value& operator*() const { return *value_; }
  const Value* operator->() const { return value_.get(); }
  /// One's own value from now on, for a change at once: a copy made meanwhile shares it again.
  Value& change() {
    if (value_.use_count() > 1) {
      value_ = std::make_shared<Value>(*value_);
    }
    return *value_;
  }

 private:
  std::shared_ptr<Value> value_ = std::make_shared<Value>();
};

}  // namespace attache::doctor
