#include "doctor/finding.hpp"

namespace attache::doctor {

std::string_view name_of(Level level) {
  switch (level) {
    case Level::error:
      return "error";
    case Level::warning:
      return "warning";
    case Level::hint:
      break;
  }
  return "hint";
}

std::string_view name_of(Confidence confidence) {
  switch (confidence) {
    case Confidence::certain:
      return "certain";
    case Confidence::likely:
      return "likely";
    case Confidence::possible:
      break;
  }
  return "possible";
}

std::string_view name_of(Evidence::Role role) {
  switch (role) {
    case Evidence::Role::primary:
      return "primary";
    case Evidence::Role::support:
      return "support";
    case Evidence::Role::absence:
      break;
  }
  return "absence";
}

Confidence Finding::confidence() const {
  return score >= certain ? Confidence::certain : score >= likely ? Confidence::likely : Confidence::possible;
}

EventRef Finding::primary() const {
  for (const Evidence& piece : evidence) {
    if (piece.role == Evidence::Role::primary && piece.event != nullptr) {
      return piece.event;
    }
  }
  for (const Evidence& piece : evidence) {
    if (piece.event != nullptr) {
      return piece.event;
    }
  }
  return nullptr;
}

}  // namespace attache::doctor
