#include "sms/tpdu.hpp"

#include <fmt/format.h>

#include <utility>

namespace attache::sms {

namespace {

// Message type indicator. The same value means another unit in the other direction.
constexpr unsigned deliver_type = 0;
constexpr unsigned submit_type = 1;
constexpr unsigned status_report_type = 2;
constexpr unsigned type_mask = 0x03;

// First octet.
constexpr unsigned reject_duplicates_bit = 0x04;
constexpr unsigned no_more_messages_bit = 0x04;
constexpr unsigned report_bit = 0x20;
constexpr unsigned header_bit = 0x40;
constexpr unsigned reply_path_bit = 0x80;

// Parameter indicator.
constexpr unsigned protocol_bit = 0x01;
constexpr unsigned coding_scheme_bit = 0x02;
constexpr unsigned user_data_bit = 0x04;
constexpr unsigned extension_bit = 0x80;

char octet(unsigned value) {
  return static_cast<char>(value & 0xFFU);
}

unsigned flag(bool on, unsigned bit) {
  return on ? bit : 0;
}

unsigned header_flag(const UserData& data) {
  return flag(!data.header.empty(), header_bit);
}

/// Reads fields until one is missing, and remembers which.
class FieldReader {
 public:
  FieldReader(std::string_view unit, std::string_view octets) : unit_(unit), octets_(octets) {}

  std::uint8_t octet(std::string_view field) {
    auto taken = octets_.take();
    note(taken.has_value(), field);
    return taken.value_or(0);
  }

  Address address(std::string_view field) {
    auto taken = decode_address(octets_);
    note(taken.has_value(), field);
    return taken.value_or(Address{});
  }

  Timestamp timestamp(std::string_view field) {
    auto taken = decode_timestamp(octets_);
    note(taken.has_value(), field);
    return taken.value_or(Timestamp{});
  }

  std::string_view octets(std::string_view field, std::size_t count) {
    auto taken = octets_.take(count);
    note(taken.has_value(), field);
    return taken.value_or(std::string_view());
  }

  UserData user_data(bool has_header, std::uint8_t coding_scheme) {
    if (failure_) {
      return {};
    }
    auto data = decode_user_data(octets_, has_header, alphabet_of(coding_scheme));
    if (!data) {
      failure_ = data.error();
      failure_->what = fmt::format("{} cannot be read", unit_);
      failure_->why.insert(0, "user data: ");
      return {};
    }
    return std::move(*data);
  }

  void expect_type(unsigned first, unsigned type) {
    if (!failure_ && (first & type_mask) != type) {
      failure_ = base::make_reason(base::Cause::message_malformed, fmt::format("{} cannot be read", unit_),
                                   fmt::format("the PDU is of type {}, not {}", first & type_mask, type), "");
    }
  }

  [[nodiscard]] bool at_end() const { return octets_.rest().empty(); }
  [[nodiscard]] const std::optional<base::Reason>& failure() const { return failure_; }

 private:
  void note(bool there, std::string_view field) {
    if (!there && !failure_) {
      failure_ = base::make_reason(
          base::Cause::message_malformed, fmt::format("{} cannot be read", unit_),
          fmt::format("the {} is cut off or beyond its limit, at octet {}", field, octets_.position() + 1),
          "");
    }
  }

  std::string_view unit_;
  Octets octets_;
  std::optional<base::Reason> failure_;
};

template <class Unit>
base::Result<Unit> finish(const FieldReader& reader, Unit unit) {
  if (reader.failure()) {
    return *reader.failure();
  }
  return base::Result<Unit>(boost::system::in_place_value, std::move(unit));
}

base::Result<std::string> with_user_data(std::string head, const UserData& data) {
  auto field = encode_user_data(data);
  if (!field) {
    return field;
  }
  return {boost::system::in_place_value, std::move(head) + *field};
}

Validity decode_validity(FieldReader& reader, unsigned first) {
  constexpr std::size_t enhanced_octets = 7;
  switch (first & 0x18U) {
    case 0x08:
      return std::string(reader.octets("validity period", enhanced_octets));
    case 0x10:
      return relative_period(reader.octet("validity period"));
    case 0x18:
      return reader.timestamp("validity period");
    default:
      return std::monostate{};
  }
}

/// The optional end of reports: parameter indicator and what it announces.
struct Tail {
  std::optional<std::uint8_t> protocol;
  std::optional<std::uint8_t> coding_scheme;
  std::optional<UserData> data;
};

Tail decode_tail(FieldReader& reader, bool has_header) {
  Tail tail;
  unsigned indicator = reader.octet("parameter indicator");
  for (unsigned extension = indicator; (extension & extension_bit) != 0 && !reader.failure();) {
    extension = reader.octet("parameter indicator");
  }
  if ((indicator & protocol_bit) != 0) {
    tail.protocol = reader.octet("protocol identifier");
  }
  if ((indicator & coding_scheme_bit) != 0) {
    tail.coding_scheme = reader.octet("data coding scheme");
  }
  if ((indicator & user_data_bit) != 0) {
    tail.data = reader.user_data(has_header, tail.coding_scheme.value_or(0));
  }
  return tail;
}

unsigned indicator_of(const std::optional<std::uint8_t>& protocol,
                      const std::optional<std::uint8_t>& coding_scheme, const std::optional<UserData>& data) {
  return flag(protocol.has_value(), protocol_bit) | flag(coding_scheme.has_value(), coding_scheme_bit) |
         flag(data.has_value(), user_data_bit);
}

base::Result<std::string> with_tail(std::string head, const std::optional<std::uint8_t>& protocol,
                                    const std::optional<std::uint8_t>& coding_scheme,
                                    const std::optional<UserData>& data) {
  if (protocol) {
    head.push_back(octet(*protocol));
  }
  if (coding_scheme) {
    head.push_back(octet(*coding_scheme));
  }
  if (data) {
    return with_user_data(std::move(head), *data);
  }
  return {boost::system::in_place_value, std::move(head)};
}

}  // namespace

base::Result<std::string> encode(const Submit& submit) {
  std::string head;
  head.push_back(octet(submit_type | flag(submit.reject_duplicates, reject_duplicates_bit) |
                       validity_format(submit.validity) | flag(submit.report_requested, report_bit) |
                       header_flag(submit.data) | flag(submit.reply_path, reply_path_bit)));
  head.push_back(octet(submit.reference));
  head += encode_address(submit.destination);
  head.push_back(octet(submit.protocol));
  head.push_back(octet(submit.coding_scheme));
  head += encode_validity(submit.validity);
  return with_user_data(std::move(head), submit.data);
}

base::Result<Submit> decode_submit(std::string_view octets) {
  FieldReader reader("SMS-SUBMIT", octets);
  unsigned first = reader.octet("first octet");
  reader.expect_type(first, submit_type);
  Submit submit;
  submit.reject_duplicates = (first & reject_duplicates_bit) != 0;
  submit.report_requested = (first & report_bit) != 0;
  submit.reply_path = (first & reply_path_bit) != 0;
  submit.reference = reader.octet("message reference");
  submit.destination = reader.address("destination address");
  submit.protocol = reader.octet("protocol identifier");
  submit.coding_scheme = reader.octet("data coding scheme");
  submit.validity = decode_validity(reader, first);
  submit.data = reader.user_data((first & header_bit) != 0, submit.coding_scheme);
  return finish(reader, std::move(submit));
}

base::Result<std::string> encode(const Deliver& deliver) {
  std::string head;
  head.push_back(octet(deliver_type | flag(!deliver.more_to_send, no_more_messages_bit) |
                       flag(deliver.report_indicated, report_bit) | header_flag(deliver.data) |
                       flag(deliver.reply_path, reply_path_bit)));
  head += encode_address(deliver.originator);
  head.push_back(octet(deliver.protocol));
  head.push_back(octet(deliver.coding_scheme));
  head += encode_timestamp(deliver.timestamp);
  return with_user_data(std::move(head), deliver.data);
}

base::Result<Deliver> decode_deliver(std::string_view octets) {
  FieldReader reader("SMS-DELIVER", octets);
  unsigned first = reader.octet("first octet");
  reader.expect_type(first, deliver_type);
  Deliver deliver;
  deliver.more_to_send = (first & no_more_messages_bit) == 0;
  deliver.report_indicated = (first & report_bit) != 0;
  deliver.reply_path = (first & reply_path_bit) != 0;
  deliver.originator = reader.address("originating address");
  deliver.protocol = reader.octet("protocol identifier");
  deliver.coding_scheme = reader.octet("data coding scheme");
  deliver.timestamp = reader.timestamp("time stamp");
  deliver.data = reader.user_data((first & header_bit) != 0, deliver.coding_scheme);
  return finish(reader, std::move(deliver));
}

base::Result<std::string> encode(const StatusReport& report) {
  std::string head;
  head.push_back(octet(status_report_type | flag(!report.more_to_send, no_more_messages_bit) |
                       (report.data ? header_flag(*report.data) : 0)));
  head.push_back(octet(report.reference));
  head += encode_address(report.recipient);
  head += encode_timestamp(report.submitted);
  head += encode_timestamp(report.discharged);
  head.push_back(octet(report.status));
  if (!report.data) {
    return {boost::system::in_place_value, std::move(head)};
  }
  std::optional<std::uint8_t> coding_scheme = coding_scheme_of(report.data->alphabet);
  head.push_back(octet(indicator_of(std::nullopt, coding_scheme, report.data)));
  return with_tail(std::move(head), std::nullopt, coding_scheme, report.data);
}

base::Result<StatusReport> decode_status_report(std::string_view octets) {
  FieldReader reader("SMS-STATUS-REPORT", octets);
  unsigned first = reader.octet("first octet");
  reader.expect_type(first, status_report_type);
  StatusReport report;
  report.more_to_send = (first & no_more_messages_bit) == 0;
  report.reference = reader.octet("message reference");
  report.recipient = reader.address("recipient address");
  report.submitted = reader.timestamp("time stamp");
  report.discharged = reader.timestamp("discharge time");
  report.status = reader.octet("status");
  if (!reader.failure() && !reader.at_end()) {
    report.data = decode_tail(reader, (first & header_bit) != 0).data;
  }
  return finish(reader, std::move(report));
}

base::Result<std::string> encode(const DeliverReport& report) {
  std::string head;
  head.push_back(octet(deliver_type | (report.data ? header_flag(*report.data) : 0)));
  if (report.cause) {
    head.push_back(octet(*report.cause));
  }
  head.push_back(octet(indicator_of(report.protocol, report.coding_scheme, report.data)));
  return with_tail(std::move(head), report.protocol, report.coding_scheme, report.data);
}

base::Result<DeliverReport> decode_deliver_report(std::string_view octets, bool failed) {
  FieldReader reader("SMS-DELIVER-REPORT", octets);
  unsigned first = reader.octet("first octet");
  reader.expect_type(first, deliver_type);
  DeliverReport report;
  if (failed) {
    report.cause = reader.octet("failure cause");
  }
  Tail tail = decode_tail(reader, (first & header_bit) != 0);
  report.protocol = tail.protocol;
  report.coding_scheme = tail.coding_scheme;
  report.data = std::move(tail.data);
  return finish(reader, std::move(report));
}

base::Result<std::string> encode(const SubmitReport& report) {
  std::string head;
  head.push_back(octet(submit_type | (report.data ? header_flag(*report.data) : 0)));
  if (report.cause) {
    head.push_back(octet(*report.cause));
  }
  head.push_back(octet(indicator_of(report.protocol, report.coding_scheme, report.data)));
  head += encode_timestamp(report.timestamp);
  return with_tail(std::move(head), report.protocol, report.coding_scheme, report.data);
}

base::Result<SubmitReport> decode_submit_report(std::string_view octets, bool failed) {
  FieldReader reader("SMS-SUBMIT-REPORT", octets);
  unsigned first = reader.octet("first octet");
  reader.expect_type(first, submit_type);
  SubmitReport report;
  if (failed) {
    report.cause = reader.octet("failure cause");
  }
  // The time stamp stands between the indicator and what it announces.
  unsigned indicator = reader.octet("parameter indicator");
  for (unsigned extension = indicator; (extension & extension_bit) != 0 && !reader.failure();) {
    extension = reader.octet("parameter indicator");
  }
  report.timestamp = reader.timestamp("time stamp");
  if ((indicator & protocol_bit) != 0) {
    report.protocol = reader.octet("protocol identifier");
  }
  if ((indicator & coding_scheme_bit) != 0) {
    report.coding_scheme = reader.octet("data coding scheme");
  }
  if ((indicator & user_data_bit) != 0) {
    report.data = reader.user_data((first & header_bit) != 0, report.coding_scheme.value_or(0));
  }
  return finish(reader, std::move(report));
}

base::Result<AddressedPdu> split_pdu(std::string_view octets) {
  Octets reader(octets);
  AddressedPdu pdu;
  if (!decode_centre(reader, pdu.centre)) {
    return base::make_reason(base::Cause::message_malformed, "a PDU cannot be read",
                             "the service centre's address in front is cut off or longer than 11 octets", "");
  }
  pdu.tpdu = reader.rest();
  return pdu;
}

}  // namespace attache::sms
