#pragma once

#include <memory>
#include <optional>
#include <set>

#include "net/bearer.hpp"

namespace attache::net {

/// What ends together when the PDN of a bearer goes. Shared by the bearer and all that hangs on it.
class Lifeline {
 public:
  /// Something that ends. Hangs on the line for as long as it lives.
  class Member {
   public:
    explicit Member(std::shared_ptr<Lifeline> line) : line_(std::move(line)) { line_->members_.insert(this); }
    virtual ~Member() { line_->members_.erase(this); }
    Member(const Member&) = delete;
    Member& operator=(const Member&) = delete;

    /// The PDN is gone. Must not destroy members.
    virtual void cut(const Failure& failure) = 0;

   private:
    std::shared_ptr<Lifeline> line_;
  };

  /// Ends all members, at once and from within the call. Members may not come or go meanwhile.
  void cut(const Failure& failure) {
    for (auto* member : members_) {
      member->cut(failure);
    }
  }

 private:
  std::set<Member*> members_;
};

}  // namespace attache::net
