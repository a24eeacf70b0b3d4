//! A policy's source, compiled to a factory: called once per evaluation, it gives the six functions with fresh state.

use std::path::Path;
use std::rc::Rc;

use boa_engine::{Context, JsError, JsObject, JsResult, JsString, JsValue, Script, Source};

use crate::call::Function;
use crate::failure::SOURCE_NAME;
use crate::instrument::Instrumented;

/// The six functions, as the policy declared them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Functions([Option<JsObject>; 6]);

impl Functions {
    pub fn get(&self, function: Function) -> Option<&JsObject> {
        self.0.get(place(function)).and_then(Option::as_ref)
    }
}

fn place(function: Function) -> usize {
    Function::ALL.iter().position(|other| *other == function).unwrap_or(0)
}

/// A compiled source.
#[derive(Clone, Debug)]
pub(crate) struct Module {
    factory: JsObject,
    /// The arrays of counts and of values, where the source has counters in it.
    arrays: Vec<JsValue>,
}

impl Module {
    /// Compiles the policy's own source. It must have passed [`crate::syntax::check`], which also sees to it that the
    /// text cannot break out of the function it is wrapped in.
    pub fn compile(source: &str, context: &mut Context) -> JsResult<Self> {
        Self::compile_as(SOURCE_NAME, source, &[], context)
    }

    /// Compiles another policy's source under its own name, so that its lines are not taken for the caller's.
    pub fn compile_other(name: &str, source: &str, context: &mut Context) -> JsResult<Self> {
        Self::compile_as(&format!("policy “{}”", name.replace(['(', ')'], " ")), source, &[], context)
    }

    /// Compiles the policy's own source with counters and probes in it. They write to `counts` and `values`.
    pub fn compile_counted(
        instrumented: &Instrumented,
        (counts, values): (&JsObject, &JsObject),
        context: &mut Context,
    ) -> JsResult<Self> {
        let names = [instrumented.counts.as_str(), instrumented.values.as_str()];
        let mut module = Self::compile_as(SOURCE_NAME, &instrumented.text, &names, context)?;
        module.arrays = vec![counts.clone().into(), values.clone().into()];
        Ok(module)
    }

    fn compile_as(name: &str, source: &str, arrays: &[&str], context: &mut Context) -> JsResult<Self> {
        let named = Function::ALL
            .map(Function::name)
            .map(|function| format!("typeof {function}==='function'?{function}:undefined"))
            .join(",");
        let arrays: String = arrays.iter().map(|name| format!(",{name}")).collect();
        let wrapped =
            format!("(function(policy{arrays}){{'use strict';return(function(){{\n{source}\nreturn[{named}];}})();}})");
        let wrapped = Source::from_bytes(&wrapped).with_path(Path::new(name));
        let factory = Script::parse(wrapped, None, context)?.evaluate(context)?;
        let factory = factory.as_object().ok_or_else(nothing)?;
        Ok(Self { factory, arrays: Vec::new() })
    }

    /// Runs the top level of the source and gives its functions. `policy` is what the source sees under that name.
    pub fn instantiate(&self, policy: JsValue, context: &mut Context) -> JsResult<Functions> {
        let arguments: Vec<JsValue> = std::iter::once(policy).chain(self.arrays.iter().cloned()).collect();
        let list = self.factory.call(&JsValue::undefined(), &arguments, context)?;
        let list = list.as_object().ok_or_else(nothing)?;
        let mut functions = Functions::default();
        for (index, slot) in (0_u32..).zip(&mut functions.0) {
            *slot = list.get(index, context)?.as_callable();
        }
        Ok(functions)
    }
}

fn nothing() -> JsError {
    JsError::from_opaque(JsString::from("the policy gave no functions").into())
}

/// Compiled sources of other policies, kept with the warm context of the policy that calls them.
#[derive(Default)]
pub(crate) struct OtherModules(std::cell::RefCell<Vec<(Rc<str>, Module)>>);

/// Most other policies whose compiled source is kept in one context.
const KEPT: usize = 16;

impl OtherModules {
    pub fn get(&self, source: &str) -> Option<Module> {
        self.0.borrow().iter().find(|(known, _)| **known == *source).map(|(_, module)| module.clone())
    }

    pub fn keep(&self, source: &str, module: &Module) {
        let mut kept = self.0.borrow_mut();
        if kept.len() >= KEPT {
            kept.remove(0);
        }
        kept.push((source.into(), module.clone()));
    }
}
