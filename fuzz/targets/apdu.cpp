#include <algorithm>
#include <string>
#include <string_view>

#include "base/settings.hpp"
#include "cellular/card/sim_card.hpp"
#include "cellular/card/uicc.hpp"
#include "targets/invariant.hpp"
#include "targets/targets.hpp"

namespace attache::fuzz {

namespace {

using cellular::SimCard;
using cellular::Uicc;
using cellular::UiccResponse;

constexpr std::size_t longest_response = 256;  // ISO 7816-3: Le of one byte.

void check(const SimCard& card, const UiccResponse& response) {
  must(response.data.size() <= longest_response, "no answer is longer than an APDU can carry");
  must(response.bytes().size() == response.data.size() + 2, "two status bytes end an answer");
  must(response.ok() || response.data.empty(), "a refusal carries no data");
  must(card.pin_retries() >= 0 && card.pin_retries() <= 3, "the PIN has three tries");
  must(card.puk_retries() >= 0 && card.puk_retries() <= 10, "the PUK has ten tries");
}

// Each command is preceded by its length.
void transmit_all(std::string_view commands, SimCard& card, Uicc& uicc) {
  while (!commands.empty()) {
    std::size_t length = std::min<std::size_t>(static_cast<unsigned char>(commands[0]), commands.size() - 1);
    check(card, uicc.transmit(commands.substr(1, length)));
    commands.remove_prefix(1 + length);
  }
}

}  // namespace

void fuzz_apdu(std::string_view input) {
  if (input.empty()) {
    return;
  }
  cellular::SimOptions options;
  options.msisdn = "+4915112345678";
  options.service_provider = "Attache";
  options.preferred = {"26201", "310410"};
  options.pin = input.front() == 'P' ? "1234" : "";
  base::MemorySettings settings;
  SimCard card(options, settings);
  card.power_on(true);
  card.finish_start();
  Uicc uicc(card, options);
  transmit_all(input.substr(1), card, uicc);
  SimCard again(options, settings);  // What the card has kept can be read.
  again.power_on(true);
  again.finish_start();
  must(again.pin_retries() == card.pin_retries() && again.locked() == card.locked(),
       "the card keeps its locks");
}

}  // namespace attache::fuzz
