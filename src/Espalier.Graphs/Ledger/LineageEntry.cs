using Espalier.Tensors;

namespace Espalier.Graphs;

/// <summary>One thing that was done to a model: a training, a pruning, a fold.</summary>
/// <param name="Action">What: <c>prune</c>, <c>fold</c>, <c>finetune</c>, <c>convert</c>.</param>
/// <param name="Settings">With which settings, by name.</param>
/// <param name="Results">What was measured afterwards, by name: accuracy, parameters, milliseconds.</param>
public sealed record LineageEntry(string Action, ValueList<LineageSetting> Settings, ValueList<LineageResult> Results);

/// <summary>A setting of a step: <c>amount</c> = <c>0.2</c>.</summary>
public readonly record struct LineageSetting(string Name, string Value);

/// <summary>A measurement after a step.</summary>
public readonly record struct LineageResult(string Name, double Value);
