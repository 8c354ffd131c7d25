using Espalier.Training;

namespace Espalier.Cli;

/// <summary>The options that training and fine-tuning share, except those for the network and the data.</summary>
internal sealed class TrainerOptions
{
    private const int MostEpochs = 1_000_000;

    private readonly OptimizerChoiceOptions _optimizer;
    private readonly ScheduleOptions _schedule = new();
    private readonly Option<int> _epochs;
    private readonly Option<double> _smoothing = DecimalOptions.Create("--label-smoothing", "The probability of each label that is distributed over all classes.", 0, 1, 0);
    private readonly Option<double> _auxiliary = DecimalOptions.Create("--auxiliary-weight", "The factor of the loss of each auxiliary classifier, an output after the first of as many classes; 0 trains the first output alone. By default 0.3, for inception_v3 0.4.", 0, 100);
    private readonly Option<double> _mixup = DecimalOptions.Create("--mixup", "Mixup: blends pairs of images with weights from Beta(A, A).", 0, 100, 0, "A");
    private readonly Option<double> _cutMix = DecimalOptions.Create("--cutmix", "CutMix: replaces rectangles of images by those of others, with area fractions from Beta(A, A).", 0, 100, 0, "A");
    private readonly Option<string?> _teacher = new("--teacher") { Description = "A trained model file as the teacher of distillation.", HelpName = "MODEL" };
    private readonly Option<double> _temperature = DecimalOptions.Create("--temperature", "The temperature of the softmax in distillation.", 1, 1000, 4, "T");
    private readonly Option<double> _alpha = DecimalOptions.Create("--alpha", "The weight of the teacher's term in the loss.", 0, 1, 0.9);
    private readonly Option<int> _accumulate = NumberOptions.Create("--accumulate", "The number of parts of a batch that are computed one after another, to save memory (gradient accumulation).", 1, 1 << 16, 1);
    private readonly Option<double> _clipNorm = DecimalOptions.Positive("--clip-norm", "The maximum norm of all gradients together.");
    private readonly Option<double> _clipValue = DecimalOptions.Positive("--clip-value", "The maximum magnitude of a gradient element.");
    private readonly Option<double> _average = DecimalOptions.Share("--ema", "The decay of an exponential moving average of the weights, such as 0.999, which is used instead of the last weights.");
    private readonly Option<bool> _recompute = new("--recompute") { Description = "Recomputes activations in the backward pass instead of storing them: less memory, more time." };
    private readonly Option<bool> _keepScales = new("--keep-scales") { Description = "Keeps the scales of a quantized network, which are trained otherwise (learned step size quantization)." };
    private readonly Option<int> _patience = NumberOptions.Create("--patience", "Stops training after this number of epochs without a better validation.", 1, MostEpochs, null);
    private readonly Option<int> _checkpointSteps = NumberOptions.Create("--checkpoint-steps", "Also writes a checkpoint every N steps within an epoch.", 1, int.MaxValue, null);
    private readonly Option<int> _checkpointEpochs = NumberOptions.Create("--checkpoint-epochs", "The number of epochs between two checkpoints.", 1, MostEpochs, 1);
    private readonly GradualPruningOptions _pruning = new();
    private readonly ScopedRateOptions _rates = new();

    /// <param name="epochs">The default of --epochs.</param>
    /// <param name="rateShare">The factor of the default learning rates; see <see cref="OptimizerChoiceOptions"/>.</param>
    internal TrainerOptions(int epochs, double rateShare)
    {
        _epochs = NumberOptions.Create("--epochs", "Passes over the training set.", 1, MostEpochs, epochs);
        _optimizer = new OptimizerChoiceOptions(rateShare);
    }

    internal void AddTo(Command command)
    {
        command.Options.Add(_epochs);
        _optimizer.AddTo(command);
        _schedule.AddTo(command);
        command.AddAll(_smoothing, _auxiliary, _mixup, _cutMix, _teacher, _temperature, _alpha, _accumulate, _clipNorm, _clipValue, _average, _recompute, _keepScales, _patience, _checkpointSteps, _checkpointEpochs);
        RuntimeOptions.AddTo(command);

        _rates.AddTo(command);
        _pruning.AddTo(command);
    }

    /// <summary>The training options.</summary>
    internal TrainingOptions Read(ParseResult parsed, ulong seed, int threads, IReadOnlyList<string> frozen)
    {
        (OptimizerOptions optimizer, double rate) = _optimizer.Read(parsed);
        return _pruning.Apply(parsed, new TrainingOptions
        {
            Epochs = parsed.GetValue(_epochs),
            Optimizer = optimizer,
            LearningRate = rate,
            Schedule = _schedule.Read(parsed),
            Seed = seed,
            Objective = Labels(parsed),
            AuxiliaryWeight = parsed.Given(_auxiliary),
            Mixing = new Mixing { MixupAlpha = parsed.GetValue(_mixup), CutMixAlpha = parsed.GetValue(_cutMix) },
            Accumulation = parsed.GetValue(_accumulate),
            Extensions = ValueList.From(Extensions(parsed, frozen)),
            Recompute = parsed.GetValue(_recompute),
            LearnScales = !parsed.GetValue(_keepScales),
            Patience = parsed.Given(_patience),
            CheckpointSteps = parsed.Given(_checkpointSteps),
            CheckpointEpochs = parsed.GetValue(_checkpointEpochs),
            Threads = threads,
            Runtime = RuntimeOptions.Read(parsed),
        });
    }

    /// <summary>The network prepared for the training.</summary>
    internal Model Prepare(ParseResult parsed, Model model) => _pruning.Prepare(parsed, model);

    /// <summary>The training options with the teacher, if --teacher is given.</summary>
    internal ImageTrainingOptions Teach(ParseResult parsed, ImageTrainingOptions options)
    {
        if (parsed.GetValue(_teacher) is string path)
        {
            return options with { Teacher = ModelSource.Load(path), Temperature = parsed.GetValue(_temperature), Alpha = parsed.GetValue(_alpha) };
        }

        Option? stray = Array.Find<Option>([_temperature, _alpha], option => parsed.GetResult(option) is { Implicit: false });
        return stray is null ? options : throw new EspalierException($"{stray.Name} requires --teacher");
    }

    private CrossEntropy Labels(ParseResult parsed) => new() { LabelSmoothing = parsed.GetValue(_smoothing) };

    private IEnumerable<ITrainingExtension> Extensions(ParseResult parsed, IReadOnlyList<string> frozen)
    {
        (double? norm, double? value) = (parsed.Given(_clipNorm), parsed.Given(_clipValue));
        if (norm is not null || value is not null)
        {
            yield return new GradientClipping { MaxNorm = norm, MaxValue = value };
        }

        if (parsed.Given(_average) is double decay)
        {
            yield return new WeightAveraging(decay);
        }

        if (_rates.Read(parsed) is { Count: > 0 } rules)
        {
            yield return new ScopedLearningRates(rules);
        }

        if (frozen.Count > 0)
        {
            yield return new FrozenScopes(ValueList.From(frozen));
        }
    }
}
