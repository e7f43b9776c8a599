//! Laws of the operators, and JSON there and back.

use bumpalo::Bump;
use oracle_vm::fault::FaultKind;
use oracle_vm::op::CmpOp;
use oracle_vm::value::ops::{self, Work};
use oracle_vm::value::{Data, Map, Value, json};
use proptest::prelude::*;

fn any_data() -> impl Strategy<Value = Data> {
    let leaf = prop_oneof![
        Just(Data::None),
        any::<bool>().prop_map(Data::Bool),
        prop_oneof![-3_i64..4, any::<i64>()].prop_map(Data::Int),
        (i64::MAX as u64 + 1..).prop_map(Data::Big),
        prop_oneof![(-3_i8..4).prop_map(f64::from), any::<f64>().prop_filter("JSON", |x| x.is_finite())]
            .prop_map(Data::Float),
        "[ab]{0,3}".prop_map(Data::text),
    ];
    leaf.prop_recursive(3, 12, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Data::list),
            prop::collection::vec(("[ab]{0,2}", inner), 0..4).prop_map(|entries| Data::map(
                entries.into_iter().map(|(k, v)| (k.into(), v)).collect::<Map>()
            )),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn equality_goes_both_ways_and_order_turns_round(a in any_data(), b in any_data()) {
        let arena = Bump::new();
        let work = &mut Work::new(&arena);
        let (a, b) = (a.value(), b.value());
        prop_assert!(ops::equal(a, a, work).unwrap());
        prop_assert_eq!(ops::equal(a, b, work), ops::equal(b, a, work));
        let less = ops::compare(CmpOp::Lt, a, b, work).ok();
        prop_assert_eq!(less, ops::compare(CmpOp::Gt, b, a, work).ok());
        if less == Some(true) {
            prop_assert!(!ops::equal(a, b, work).unwrap());
            prop_assert_eq!(ops::compare(CmpOp::Ge, a, b, work), Ok(false));
        }
    }

    #[test]
    fn quotient_and_remainder_fit(a in any::<i64>(), b in prop_oneof![-9_i64..10, any::<i64>()]) {
        let (a, b) = (Value::Int(a), Value::Int(b));
        if let (Ok(Value::Int(q)), Ok(Value::Int(r))) = (ops::floor_div(a, b), ops::modulo(a, b)) {
            let (Value::Int(a), Value::Int(b)) = (a, b) else { unreachable!() };
            prop_assert_eq!(i128::from(q) * i128::from(b) + i128::from(r), i128::from(a));
            prop_assert!(r == 0 || (r < 0) == (b < 0));
        }
    }

    #[test]
    fn whole_numbers_and_floats_compare_exactly(a in any::<i64>(), b in any::<i64>()) {
        let arena = Bump::new();
        let x = b as f64;
        let less = ops::compare(CmpOp::Lt, Value::Int(a), Value::Float(x), &mut Work::new(&arena)).unwrap();
        prop_assert_eq!(less, i128::from(a) < x as i128);
    }

    #[test]
    fn json_comes_back_as_it_was(data in any_data()) {
        let text = serde_json::to_string(&data).unwrap();
        prop_assert_eq!(serde_json::from_str::<Data>(&text).unwrap(), data.clone());
        let json = json::to_json(data.value()).unwrap();
        let back = json::from_json(&json).unwrap();
        let arena = Bump::new();
        prop_assert!(ops::equal(back.value(), data.value(), &mut Work::new(&arena)).unwrap());
    }

    #[test]
    fn owned_and_back_is_equal(data in any_data()) {
        prop_assert_eq!(data.value().to_data(), Some(data));
    }
}

#[test]
fn numbers_keep_their_kind_in_json() {
    let data: Data = serde_json::from_str("[9223372036854775807, 9223372036854775808, -1, 1.0]").unwrap();
    let wanted = [Data::Int(i64::MAX), Data::Big(1 << 63), Data::Int(-1), Data::Float(1.0)];
    assert_eq!(data, Data::list(wanted.to_vec()));
}

#[test]
fn floats_that_json_lacks_are_shown() {
    let shown = |x| json::to_json(Value::Float(x)).unwrap().to_string();
    assert_eq!(shown(f64::NAN), r#"{"$float":"nan"}"#);
    assert_eq!(shown(f64::NEG_INFINITY), r#"{"$float":"-inf"}"#);
}

#[test]
fn deep_json_is_refused() {
    let deep = |levels: usize| "[".repeat(levels) + &"]".repeat(levels);
    assert!(serde_json::from_str::<Data>(&deep(127)).is_ok());
    assert!(serde_json::from_str::<Data>(&deep(200)).is_err());
    let mut data = Data::None;
    for _ in 0..200 {
        data = Data::list(vec![data]);
    }
    assert!(serde_json::to_string(&data).is_err());
    assert_eq!(json::to_json(data.value()).unwrap_err().kind(), FaultKind::Limit);
    assert_eq!(data.value().to_data(), Some(data.clone()));
}

#[test]
fn numbers_beyond_64_bits_compare_but_do_not_calculate() {
    let arena = Bump::new();
    let work = &mut Work::new(&arena);
    let big = Value::Big(1 << 63);
    assert!(ops::equal(big, Value::Float(9_223_372_036_854_775_808.0), work).unwrap());
    assert!(ops::compare(CmpOp::Gt, big, Value::Int(i64::MAX), work).unwrap());
    assert_eq!(ops::add(big, Value::Int(1), work).unwrap_err().kind(), FaultKind::Overflow);
    assert_eq!(ops::sub(Value::Float(1.0), big).unwrap_err().kind(), FaultKind::Overflow);
    assert!(matches!(ops::neg(big), Ok(Value::Int(i64::MIN))));
}
