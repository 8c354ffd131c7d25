using Espalier.Data;
using Espalier.Graphs;
using Espalier.Inference;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>Checks that the processes that share work have the same work.</summary>
internal static class WorkAgreement
{
    // A type of each library that a training does without; the others are compared for every work.
    private static readonly Type[] s_parts = [typeof(WorkAgreement), typeof(Pass), typeof(Predictor)];

    /// <summary>Throws in all processes if they have different programs, models, data or settings, before any of them waits for another one.</summary>
    /// <param name="work">The processes.</param>
    /// <param name="name">What they share, such as <c>classification</c>.</param>
    /// <param name="model">The model.</param>
    /// <param name="data">The data sets that are read.</param>
    /// <param name="settings">What else decides about the result.</param>
    /// <exception cref="SharedFailureException">One differs from the first; the message names it and the difference.</exception>
    internal static void Require(SharedWork work, string name, Model model, IEnumerable<IDataset> data, params IEnumerable<LineageSetting> settings) => work.Processes?.RequireSame(
    [
        new("work", name),
        new("library", string.Join(' ', s_parts.Select(type => type.Module.ModuleVersionId))),
        new("model", ModelDigest.Of(model)),
        new("labels_and_preprocessing", ModelDigest.OfUse(model.Metadata)),
        .. data.SelectMany((images, i) => SettingsOf(images, i == 0 ? "data" : $"data_{i + 1}")),
        .. settings,
    ]);

    private static LineageSetting[] SettingsOf(IDataset images, string name) => [new(name, DatasetDigest.Of(images)), new($"{name}_content", DatasetContent.DigestOf(images))];
}
