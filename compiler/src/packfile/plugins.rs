//! The section of plugins, and params, which rules have too.

use oracle_vm::pack::{ContentError, Contents, In, Out, PackError, PackWriter, Section};

use super::PluginSpec;
use crate::rule::{ParamSpec, ParamType};

/// Bytes that a plugin takes at least: five numbers of texts and counts.
const LEAST: usize = 24;
/// Bytes that a param takes at least.
const LEAST_PARAM: usize = 20;

const TYPES: [ParamType; 4] = [ParamType::Integer, ParamType::Float, ParamType::String, ParamType::Boolean];

pub(super) fn write(writer: &mut PackWriter, plugins: &[PluginSpec]) {
    writer.section(Section::Plugins, |out| {
        out.count(plugins.len());
        for PluginSpec { id, name, version, description, requires, settings } in plugins {
            for text in [id, name, version, description] {
                out.str(text);
            }
            put_texts(out, requires);
            put_params(out, settings);
        }
    });
}

pub(super) fn read(contents: &Contents<'_>) -> Result<Vec<PluginSpec>, PackError> {
    let plugins = contents.section(Section::Plugins, |input| {
        let count = input.count(LEAST)?;
        (0..count).map(|_| plugin(input)).collect::<Result<Vec<_>, _>>()
    })?;
    plugins.ok_or(PackError::MissingSection(Section::Plugins))
}

fn plugin(input: &mut In<'_, '_>) -> Result<PluginSpec, ContentError> {
    Ok(PluginSpec {
        id: input.string()?,
        name: input.string()?,
        version: input.string()?,
        description: input.string()?,
        requires: texts(input)?,
        settings: params(input)?,
    })
}

fn put_texts(out: &mut Out<'_>, texts: &[String]) {
    out.count(texts.len());
    texts.iter().for_each(|text| out.str(text));
}

fn texts(input: &mut In<'_, '_>) -> Result<Vec<String>, ContentError> {
    let count = input.count(4)?;
    (0..count).map(|_| input.string()).collect()
}

pub(super) fn put_params(out: &mut Out<'_>, params: &[ParamSpec]) {
    out.count(params.len());
    for ParamSpec { name, ty, default, min, max, options, title, description } in params {
        out.str(name);
        out.str(description);
        out.u8(TYPES.iter().position(|it| it == ty).and_then(|at| u8::try_from(at).ok()).unwrap_or(u8::MAX));
        out.option(*min, |out, number| out.f64(number));
        out.option(*max, |out, number| out.f64(number));
        out.option(title.as_deref(), |out, text| out.str(text));
        put_texts(out, options);
        out.data(default);
    }
}

pub(super) fn params(input: &mut In<'_, '_>) -> Result<Vec<ParamSpec>, ContentError> {
    let count = input.count(LEAST_PARAM)?;
    (0..count).map(|_| param(input)).collect()
}

fn param(input: &mut In<'_, '_>) -> Result<ParamSpec, ContentError> {
    let (name, description) = (input.string()?, input.string()?);
    let ty = *TYPES.get(usize::from(input.u8()?)).ok_or(ContentError::Tag)?;
    let (min, max) = (input.option(|it| it.f64())?, input.option(|it| it.f64())?);
    let title = input.option(|it| it.string())?;
    let options = texts(input)?;
    Ok(ParamSpec { name, ty, default: input.data()?, min, max, options, title, description })
}
