using Espalier.Tensors;

namespace Espalier;

/// <summary>Throws if a <see cref="ModelSource"/> has options that its kind of source does not have, which would otherwise be ignored.</summary>
internal static class ModelSourceCheck
{
    /// <summary>Checks the options of any source.</summary>
    /// <exception cref="ArgumentException">An option is empty, <see langword="null"/> or out of range.</exception>
    /// <exception cref="EspalierException">Two options contradict each other.</exception>
    internal static void Require(ModelSource source)
    {
        OptionCheck.NotNull(source.Name, Option(nameof(source.Name)));
        OptionCheck.NotEmpty(source.Name, Option(nameof(source.Name)));
        OptionCheck.NotEmpty(source.Weights, Option(nameof(source.Weights)));
        OptionCheck.NotEmpty(source.StateDictKey, Option(nameof(source.StateDictKey)));
        OptionCheck.NotEmpty(source.LabelsFile, Option(nameof(source.LabelsFile)));
        OptionCheck.NotEmpty(source.ShapeList, Option(nameof(source.ShapeList)));
        OptionCheck.NotNull(source.Renames, Option(nameof(source.Renames)));
        OptionCheck.NotNull(source.Drop, Option(nameof(source.Drop)));
        OptionCheck.NotNull(source.AllowMissing, Option(nameof(source.AllowMissing)));
        OptionCheck.AtLeast(source.Classes, 1, Option(nameof(source.Classes)));
        Refuse(source.LabelsFile is not null && source.Labels.Count > 0, $"{nameof(source.Labels)} and {nameof(source.LabelsFile)} both name the classes: give one of them");
    }

    /// <summary>Checks the options of an architecture of the zoo.</summary>
    internal static void RequireOfZoo(ModelSource source)
    {
        RequireNoSeedBesideWeights(source, source.Weights);
        RequireNothingOfCheckpoint(source);
        RequireNothingOfOnnx(source);
        Refuse(source.ShapeList is not null && source.Weights is null, $"{nameof(source.ShapeList)} is about the checkpoint of {nameof(source.Weights)}, and there is none");
        Refuse(source.ShapeList is not null && source.Classes is not null, $"the number of classes is chosen for a network as the zoo builds it, but {source.ShapeList} says what the network is");
        Refuse(source.ShapeList is not null && source.Blocks.Count > 0, $"blocks are chosen for a network as the zoo builds it, but {source.ShapeList} says what the network is");
        Refuse(source.ShapeList is not null && !source.Residual.IsNone, $"parts of a residual network are chosen as the zoo builds it, but {source.ShapeList} says what the network is");
    }

    /// <summary>Checks the options of a model file.</summary>
    internal static void RequireOfModelFile(ModelSource source)
    {
        Refuse(source.Blocks.Count > 0, $"blocks are chosen for a network of the zoo, but {source.Name} is a model file; expanding it makes its convolutions into blocks");
        Refuse(!source.Residual.IsNone, $"parts of a residual network are chosen for a network of the zoo, but {source.Name} is a model file");
        Refuse(source.Classes is not null, $"the number of classes is chosen for a network of the zoo, but {source.Name} is a model file");
        Refuse(source.ShapeList is not null, $"{nameof(source.ShapeList)} is about a checkpoint, but {source.Name} is a model file, which says itself what its network is");
        RequireNoSeedBesideWeights(source, source.Name);
        RequireNothingOfCheckpoint(source);
    }

    /// <summary>Checks the options of a checkpoint with a shape list.</summary>
    internal static void RequireOfList(ModelSource source)
    {
        Refuse(source.Weights is not null, $"{source.Name} and {source.Weights} are both weights: give one of them");
        Refuse(source.Blocks.Count > 0, $"blocks are chosen for a network of the zoo, but {source.Name} has its network in a shape list");
        Refuse(!source.Residual.IsNone, $"parts of a residual network are chosen for a network of the zoo, but {source.Name} has its network in a shape list");
        Refuse(source.Classes is not null, $"the number of classes is chosen for a network of the zoo, but {source.Name} has its network in a shape list");
        RequireNoSeedBesideWeights(source, source.Name);
        RequireNothingOfOnnx(source);
    }

    private static void RequireNothingOfOnnx(ModelSource source) =>
        Refuse(source.Onnx is not null, $"{nameof(ModelSource.Onnx)} (--input-size) is for ONNX networks, and {source.Name} is none");

    private static void RequireNoSeedBesideWeights(ModelSource source, string? weights) =>
        Refuse(source.Seed is not null && weights is not null, $"a {nameof(source.Seed)} draws random weights, but {weights} has weights: give one of them");

    private static void RequireNothingOfCheckpoint(ModelSource source)
    {
        Refuse(source.StateDictKey is not null && source.Weights is null, $"{nameof(source.StateDictKey)} is about the checkpoint of {nameof(source.Weights)}, and there is none");
        Refuse(source.Drop.Count + source.AllowMissing.Count > 0 && source.Weights is null, $"{nameof(source.Drop)} and {nameof(source.AllowMissing)} are about the checkpoint of {nameof(source.Weights)}, and there is none");
        Refuse(source.Renames.Count > 0 && source.Weights is null, $"{nameof(source.Renames)} are about the checkpoint of {nameof(source.Weights)}, and there is none");
    }

    private static void Refuse(bool isAsked, string message)
    {
        if (isAsked)
        {
            throw new EspalierException(message);
        }
    }

    private static string Option(string name) => $"{nameof(ModelSource)}.{name}";
}
