using Espalier.Formats;
using Espalier.Graphs;
using Espalier.Tensors;

namespace Espalier.Training;

/// <summary>The hooks of all extensions of a training run, in the order of <see cref="TrainingOptions.Extensions"/>.</summary>
internal sealed class ExtensionList
{
    private readonly (string Name, TrainingHooks Hooks)[] _all;

    internal ExtensionList(ValueList<ITrainingExtension> extensions, TrainingContext training) =>
        _all = [.. extensions.Select(extension => (extension.Name, extension.Begin(training)))];

    internal bool ChangeMasks => _all.Any(each => each.Hooks.ChangesMasks);

    internal void Each(Action<TrainingHooks, long> hook, long step)
    {
        foreach ((_, TrainingHooks hooks) in _all)
        {
            hook(hooks, step);
        }
    }

    internal Model Candidate(Model newest) => _all.Aggregate(newest, (model, each) => each.Hooks.Candidate(model));

    internal bool CanBeBest(long steps) => _all.All(each => each.Hooks.CanBeBest(steps));

    internal Dictionary<string, StateDict> State() =>
        _all.Select(each => (each.Name, State: each.Hooks.State())).Where(each => each.State.Count > 0).ToDictionary(each => each.Name, each => each.State, StringComparer.Ordinal);

    internal void Restore(IReadOnlyDictionary<string, StateDict> states)
    {
        foreach ((string name, TrainingHooks hooks) in _all)
        {
            hooks.Restore(states.TryGetValue(name, out StateDict? state) ? state : new StateDict([]));
        }
    }
}
