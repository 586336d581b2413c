#include <fmt/format.h>

#include <iterator>

#include "base/text.hpp"
#include "cellular/credential_content.hpp"
#include "cellular/nrf91.hpp"

namespace attache::cellular {

namespace {

using at::number;
using at::optional;
using at::string;

constexpr std::int64_t greatest_type = 13;

std::string where(const CredentialVault::Id& id) {
  return fmt::format("sec_tag {}, type {} ({})", id.sec_tag, static_cast<int>(id.type), name(id.type));
}

Answer missing(std::string_view what) {
  return failure(CmeError::incorrect_parameters, fmt::format("<{}> is missing", what));
}

// Public keys (%XPMNG) can be deleted here, up to 1.2.
bool deletes_public_key(const Nrf91& modem, const at::Parameters& given) {
  constexpr int erasing = 3;
  return given.number(0) == erasing && given.number(2) == static_cast<int>(CredentialType::public_key) &&
         !modem.profile.at_least(1, 3);
}

// The tag and type of a command that needs both, or why they are not right.
base::Result<CredentialVault::Id> credential_id(const Nrf91& modem, const at::Parameters& given) {
  if (!given.has(1) || !given.has(2)) {
    return base::make_reason("", given.has(1) ? "<type> is missing" : "<sec_tag> is missing");
  }
  if (given.number(1) > modem.profile.greatest_sec_tag()) {
    return base::make_reason("", fmt::format("sec_tag {} is out of range", given.number(1)));
  }
  if (given.number(2) > static_cast<int>(CredentialType::psk_identity) && !deletes_public_key(modem, given)) {
    return base::make_reason("", fmt::format("type {} cannot be accessed here", given.number(2)),
                             "Types: 0 root CA, 1 client certificate, 2 private key, 3 PSK, 4 PSK identity.");
  }
  return CredentialVault::Id{static_cast<std::uint32_t>(given.number(1)),
                             static_cast<CredentialType>(given.number(2))};
}

Answer refuse(CmeError code, base::Reason reason) {
  return reason.cause == base::Cause::none
             ? failure(code, std::move(reason.why), std::move(reason.advice))
             : failure(reason.cause, code, std::move(reason.why), std::move(reason.advice));
}

Answer lte_is_active(const Nrf91& modem) {
  return failure(
      base::Cause::cert_write_while_active, CmeError::active_state,
      fmt::format("LTE is active (CFUN {}): %CMNG writes and deletes need LTE off", modem.functional_mode()),
      "Give AT+CFUN=4 or AT+CFUN=0 first.");
}

Answer storage_failed(const base::Reason& reason) {
  return failure(CmeError::memory_failure, reason, "the credential store could not be written: ");
}

Answer malformed_psk() {
  constexpr int most_bytes = 64;
  return failure(CmeError::incorrect_parameters,
                 fmt::format("a PSK is written as 1 to {} bytes in hexadecimal digits", most_bytes));
}

bool is_psk(std::string_view content) {
  constexpr std::size_t most_digits = 128;
  return content.size() <= most_digits && base::from_hex(content).has_value();
}

// Hosts that compare the digest with that of a file wonder.
void tell_of_line_ends(Nrf91& modem, const CredentialVault::Id& id, std::string_view content) {
  if (content.find("\r\n") != std::string_view::npos) {
    modem.log(
        base::LogLevel::info,
        fmt::format("sec_tag {}: the {} is stored with the CR LF that it was sent with; its digest is not "
                    "that of the text with LF",
                    id.sec_tag, name(id.type)));
  }
}

void warn_of_doubts(Nrf91& modem, const CredentialVault::Id& id, std::string_view content) {
  auto bundle = modem.vault.bundle(id.sec_tag);
  auto known = modem.time();
  DateOfExamination date{known.value_or(modem.clock.wall_now()), known.has_value()};
  for (base::Reason& doubt : doubts(id, content, *bundle, date)) {
    modem.journal.report("modem", std::move(doubt));
  }
}

Answer write(Nrf91& modem, const at::Parameters& given) {
  auto id = credential_id(modem, given);
  if (!id) {
    return refuse(CmeError::incorrect_parameters, id.error());
  }
  if (modem.lte_active()) {
    return lte_is_active(modem);
  }
  CredentialVault::Entry entry{std::string(given.text(3)), std::string(given.text(4))};
  if (entry.content.empty()) {
    return missing("content");
  }
  if (id->type == CredentialType::psk && !is_psk(entry.content)) {
    return malformed_psk();
  }
  if (auto refused = refused_content(modem.profile, id->type, entry.content, modem.options.refuse_crlf)) {
    return refuse(CmeError::invalid_content, std::move(*refused));
  }
  if (modem.vault.full_for(*id, entry)) {
    return failure(base::Cause::store_full, CmeError::memory_full,
                   fmt::format("the credential store is full ({} entries, {} KiB)",
                               CredentialVault::most_entries, CredentialVault::most_bytes / 1024),
                   "Delete some with AT%CMNG=3,<sec_tag>,<type>.");
  }
  std::string content = entry.content;
  auto written = modem.vault.write(*id, std::move(entry));
  if (!written) {
    return storage_failed(written.error());
  }
  tell_of_line_ends(modem, *id, content);
  if (modem.options.examine_credentials) {
    warn_of_doubts(modem, *id, content);
  }
  return ok();
}

std::string digest(const CredentialVault::Entry& entry) {
  return base::to_hex(base::sha256(entry.content));
}

Answer list(Nrf91& modem, const at::Parameters& given) {
  Answer answer;
  for (const auto& [id, entry] : modem.vault.all()) {
    bool wanted = given.number(1, id.sec_tag) == id.sec_tag &&
                  given.number(2, static_cast<int>(id.type)) == static_cast<int>(id.type);
    if (wanted) {
      fmt::format_to(std::back_inserter(answer.text), "%CMNG: {},{},\"{}\"\r\n", id.sec_tag,
                     static_cast<int>(id.type), digest(entry));
    }
  }
  return answer;
}

Answer not_found(const CredentialVault::Id& id) {
  return failure(base::Cause::sec_tag_missing, CmeError::not_found,
                 fmt::format("nothing is stored under {}", where(id)), "AT%CMNG=1 lists what is stored.");
}

Answer read(Nrf91& modem, const at::Parameters& given) {
  auto id = credential_id(modem, given);
  if (!id) {
    return refuse(CmeError::incorrect_parameters, id.error());
  }
  const CredentialVault::Entry* entry = modem.vault.find(*id);
  if (entry == nullptr) {
    return not_found(*id);
  }
  if (id->type != CredentialType::root_ca && id->type != CredentialType::psk_identity) {
    return failure(base::Cause::credential_not_readable, CmeError::no_access,
                   fmt::format("{} can be listed, never read", where(*id)));
  }
  return line(fmt::format("%CMNG: {},{},\"{}\",\"{}\"", id->sec_tag, static_cast<int>(id->type),
                          digest(*entry), entry->content));
}

Answer erase(Nrf91& modem, const at::Parameters& given) {
  auto id = credential_id(modem, given);
  if (!id) {
    return refuse(CmeError::incorrect_parameters, id.error());
  }
  if (modem.lte_active()) {
    return lte_is_active(modem);
  }
  if (modem.vault.find(*id) == nullptr) {
    return not_found(*id);
  }
  auto erased = modem.vault.erase(*id);
  return erased ? ok() : storage_failed(erased.error());
}

Answer manage_credentials(Nrf91& modem, const Request& request) {
  constexpr int writing = 0;
  constexpr int erasing = 3;
  const auto& given = request.parameters;
  bool writes = given.number(0) == writing || given.number(0) == erasing;
  if (writes && modem.surroundings.power_off_warned()) {
    return modem.surroundings.writing_refused();
  }
  switch (given.number(0)) {
    case 0:
      return write(modem, given);
    case 1:
      return list(modem, given);
    case 2:
      return read(modem, given);
    default:
      return erase(modem, given);
  }
}

}  // namespace

void add_credential_commands(CommandTable& table) {
  constexpr std::int64_t longest_password = 32;
  table.add("%CMNG", {.set = manage_credentials,
                      .rules = {number("opcode", 0, 3), optional(number("sec_tag", 0, UINT32_MAX)),
                                optional(number("type", 0, greatest_type)), optional(string("content", 4096)),
                                optional(string("passwd", longest_password))}});
}

}  // namespace attache::cellular
