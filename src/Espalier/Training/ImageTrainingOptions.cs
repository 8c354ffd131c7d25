using Espalier.Data;
using Espalier.Graphs;
using Espalier.Models;
using Espalier.Surgery;
using Espalier.Tensors;
using Espalier.Training;

namespace Espalier;

/// <summary>How an <see cref="ImageTraining"/> trains.</summary>
public sealed record ImageTrainingOptions
{
    /// <summary>Epochs, optimizer, learning rate, schedule, seed, threads and whatever else the loop needs.</summary>
    public TrainingOptions Training { get; init; } = new();

    /// <summary>Images of one step, at least 1; fewer where the data has not so many.</summary>
    public int Batch { get; init; } = 128;

    /// <summary>The folder for checkpoints, the history (CSV, SVG, TensorBoard's events) and the result; <see langword="null"/> for nowhere.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether to resume from the folder's checkpoint, where it has one; the result has the bits of an uninterrupted training. Otherwise a folder that holds a training is refused.</summary>
    public bool Resume { get; init; }

    /// <summary>How the images to learn from are varied.</summary>
    public Augmentation Augmentation { get; init; } = Augmentation.Auto;

    /// <summary>The share of images to measure on, above 0 and below 1, where the data has no part for it.</summary>
    public double ValidationShare { get; init; } = 0.1;

    /// <summary>What is done about images to learn from that cannot be read; <see cref="UnreadableSamples.Stop"/> holds for those to measure on too, which are left out otherwise.</summary>
    public UnreadableSamples Unreadable { get; init; } = UnreadableSamples.Replace;

    /// <summary>Fine-tuning: how the data's classes are found among the model's outputs.</summary>
    public ClassRule Classes { get; init; }

    /// <summary>Fine-tuning: whether the model gets a new last layer for the data's classes. It gets one by itself where it has no labels and another number of outputs.</summary>
    public bool NewHead { get; init; }

    /// <summary>From scratch: pixels of an image's side, where the data's images have no one size; <see langword="null"/> for the network's usual one.</summary>
    public int? Side { get; init; }

    /// <summary>From scratch: multi-branch blocks in the place of convolutions.</summary>
    public ValueList<BlockChoice> Blocks { get; init; }

    /// <summary>Blocks that are skipped at random while training, or <see langword="null"/>.</summary>
    public StochasticDepthWrapOptions? StochasticDepth { get; init; }

    /// <summary>A trained model to learn from as well (distillation), or <see langword="null"/>. It sees the images in its own preprocessing, and its classes are matched to the student's.</summary>
    public Model? Teacher { get; init; }

    /// <summary>Softens the teacher's probabilities: above 1, its second thoughts count for more.</summary>
    public double Temperature { get; init; } = 4;

    /// <summary>The teacher's part in the loss.</summary>
    public double Alpha { get; init; } = 0.9;

    internal void Require()
    {
        TrainingOptionRanges.Require(Training);
        OptionCheck.AtLeast<int>(Batch, 1, $"{nameof(ImageTrainingOptions)}.{nameof(Batch)}");
        OptionCheck.NotEmpty(Folder, $"{nameof(ImageTrainingOptions)}.{nameof(Folder)}");
        OptionCheck.NotNull(Augmentation, $"{nameof(ImageTrainingOptions)}.{nameof(Augmentation)}");
        OptionCheck.Require(ValidationShare is > 0 and < 1, ValidationShare, "a share above 0 and below 1", $"{nameof(ImageTrainingOptions)}.{nameof(ValidationShare)}");
        OptionCheck.AtLeast(Side, 1, $"{nameof(ImageTrainingOptions)}.{nameof(Side)}");
        OptionCheck.Require(Temperature > 0, Temperature, "a number above 0", $"{nameof(ImageTrainingOptions)}.{nameof(Temperature)}");
        OptionCheck.Require(Alpha is >= 0 and <= 1, Alpha, "a number from 0 to 1", $"{nameof(ImageTrainingOptions)}.{nameof(Alpha)}");
    }

    internal DataSourceOptions ToSource(int side) => new() { ValidationShare = ValidationShare, GeneratedSide = side };
}
