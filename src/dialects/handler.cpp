#include "dialects/handler.hpp"

#include <utility>

#include "dialects/application.hpp"

namespace attache::dialects {

std::string_view Handler::text(const Application& application) const {
  if (const auto* fixed = std::get_if<FixedText>(&way_)) {
    return fixed->text;
  }
  const auto* text_of = std::get_if<TextOf>(&way_);
  return text_of != nullptr ? (*text_of)(application) : std::string_view();
}

void Handler::operator()(Application& application, Answer answer) const {
  if (const auto* function = std::get_if<Function>(&way_)) {
    (*function)(application, std::move(answer));
    return;
  }
  if (const auto* coroutine = std::get_if<Coroutine>(&way_)) {
    application.begin((*coroutine)(application, std::move(answer)));
    return;
  }
  const auto* fixed = std::get_if<FixedText>(&way_);
  if (fixed != nullptr && !fixed->framed) {
    answer.raw(fixed->text);
  } else {
    answer.line(text(application));
  }
  answer.ok();
}

}  // namespace attache::dialects
