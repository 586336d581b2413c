#include "dialects/slm_3/parameters.hpp"

#include <utility>
#include <vector>

#include "dialects/slm_3/edition.hpp"

namespace attache::dialects::slm_3 {

std::optional<Outgoing> take_outgoing(const Application& application, Answer& answer, std::size_t index) {
  const GivenParameters& parameters = answer.parameters();
  Outgoing outgoing;
  if (parameters.size() <= index) {
    return outgoing;
  }
  bool is_empty = parameters[index].kind == at::Parameter::Kind::empty;
  std::optional<base::Reason> fault;
  if (is_empty && !edition(application).takes_empty_parameters) {
    fault = base::make_reason(base::Cause::bad_parameter, "wrong parameter",
                              "<data> is empty, which this release does not take for none",
                              "leave out <data> and all behind it for data mode");
  } else if (!is_empty) {
    fault = check_from(answer, index, {at::string("data", longest_data)});
    outgoing.data = std::string(parameters.text(index));
  }
  bool has_flags = edition(application).takes_empty_parameters && parameters.size() > index + 1;
  if (!fault && has_flags) {
    // What stands before them may be empty.
    std::vector<at::ParameterRule> rules(index + 1, {"data", at::ParameterRule::Kind::any, true});
    rules.push_back(at::number("flags", INT32_MIN, INT32_MAX));
    fault = parameters.check(answer.command(), rules);
  }
  if (fault) {
    answer.error(std::move(*fault));
    return std::nullopt;
  }
  return outgoing;
}

net::Family family_of_operation(std::int64_t operation) {
  return operation == 2 ? net::Family::ipv6 : net::Family::ipv4;
}

int family_number(net::Family family) {
  return family == net::Family::ipv6 ? 2 : 1;
}

std::optional<base::Reason> check_from(const Answer& answer, std::size_t index,
                                       std::initializer_list<at::ParameterRule> rules) {
  std::vector<at::ParameterRule> all(index, {"", at::ParameterRule::Kind::any, true});
  for (const at::ParameterRule& rule : rules) {
    if (all.size() < answer.parameters().size()) {
      all.push_back(rule);
    }
  }
  return answer.check(all);
}

net::TlsOptions::PeerVerify peer_verify(std::int64_t number) {
  return static_cast<net::TlsOptions::PeerVerify>(number);
}

}  // namespace attache::dialects::slm_3
