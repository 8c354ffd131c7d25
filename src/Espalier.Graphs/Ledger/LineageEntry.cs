using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>A step in a model's lineage, such as a training, a pruning or a fold.</summary>
/// <param name="Action">The kind of step: <c>prune</c>, <c>fold</c>, <c>finetune</c>, <c>convert</c> ….</param>
/// <param name="Settings">The settings of the step, by name.</param>
/// <param name="Results">Measurements after the step, by name: accuracy, parameters, milliseconds ….</param>
public sealed record LineageEntry(string Action, ValueList<LineageSetting> Settings, ValueList<LineageResult> Results);

/// <summary>A setting of a step, such as <c>amount</c> = <c>0.2</c>.</summary>
public readonly record struct LineageSetting(string Name, string Value);

/// <summary>A measurement after a step.</summary>
public readonly record struct LineageResult(string Name, double Value);
