using Espalier.Surgery;

namespace Espalier.Cli;

/// <summary>The options of how a network is quantized.</summary>
internal sealed class QuantizationSchemeOptions
{
    private const string Auto = "auto";
    private const double UsualLoss = 0.005;

    private static readonly (string Word, CalibrationObserver Observer)[] s_observers =
    [
        (Auto, CalibrationObserver.Automatic), ("min-max", CalibrationObserver.MinMax), ("percentile", CalibrationObserver.Percentile), ("mse", CalibrationObserver.MeanSquaredError), ("entropy", CalibrationObserver.Entropy),
    ];

    private readonly Option<string> _observer = WordOptions.Create(
        "--observer", "How the range of a value is derived from the images: its least and greatest values, those without outliers (--percentile), the least squared error, the least change of its distribution, or, 'auto', for each value the one of these with the least measured error.",
        [.. s_observers.Select(each => each.Word)]);

    private readonly Option<double> _percentile = DecimalOptions.Create("--percentile", "With --observer percentile or auto: the percentage of the values that lies within the range.", 50, 100, 99.99);
    private readonly Option<string> _scales = WordOptions.Create(
        "--weight-scales", "How the scale of a channel's weights is chosen: 'greatest' covers all, 'mse' has the least squared error, 'auto' takes for each channel the one with the smaller error of the layer's output.",
        Auto, "greatest", "mse");

    private readonly Option<bool> _equalize = new("--equalize") { Description = "Equalizes the ranges of the channels of neighbouring layers before, as MobileNets need; by default if the outputs are nearer to those in floating point with it." };
    private readonly Option<bool> _noEqualize = new("--no-equalize") { Description = "Does not equalize." };
    private readonly Option<bool> _correct = new("--correct-bias") { Description = "Subtracts the mean error of each layer's output from its bias; by default if the outputs are nearer to those in floating point with it." };
    private readonly Option<bool> _noCorrect = new("--no-correct-bias") { Description = "Does not correct biases." };
    private readonly Option<bool> _adaptive = new("--adaround") { Description = "Rounds weights up or down as the images tell, instead of to the nearest integer (AdaRound): takes minutes." };
    private readonly Option<string[]> _keep = new("--keep-float")
    {
        Description = "Layers and scopes that stay in floating point, by name or pattern; 'auto' for those that add most noise, as many as --max-loss requires.",
        HelpName = "PATTERN…|auto",
        AllowMultipleArgumentsPerToken = true,
        DefaultValueFactory = _ => [],
    };

    private readonly Option<double> _loss = DecimalOptions.Create("--max-loss", "With --keep-float auto: the accuracy that may be lost on the images of --verify, as a fraction.", 0, 1, UsualLoss);
    private readonly Option<bool> _sums = new("--round-sums") { Description = "Rounds the result of each layer before a sum takes it in, without which ONNX Runtime computes the layers of an exported network that end in a sum in floating point." };

    internal void AddTo(Command command) => command.AddAll(_observer, _percentile, _scales, _equalize, _noEqualize, _correct, _noCorrect, _adaptive, _keep, _loss, _sums);

    /// <summary>The word for an observer.</summary>
    internal static string WordOf(CalibrationObserver observer) => s_observers.Single(each => each.Observer == observer).Word;

    /// <summary>The options of the pass.</summary>
    /// <exception cref="EspalierException">Options contradict each other, or one has no use.</exception>
    internal QuantizationOptions Read(ParseResult parsed)
    {
        CalibrationObserver observer = s_observers.Single(each => each.Word == parsed.GetRequiredValue(_observer)).Observer;
        Refuse(parsed, _percentile, observer is not (CalibrationObserver.Percentile or CalibrationObserver.Automatic), $"{_observer.Name} percentile or auto");
        Refuse(parsed, _loss, !Searches(parsed), $"{_keep.Name} {Auto}");
        return new QuantizationOptions
        {
            Observer = observer,
            Percentile = parsed.GetValue(_percentile),
            WeightScales = parsed.GetRequiredValue(_scales) switch { "greatest" => WeightScaleRule.GreatestMagnitude, "mse" => WeightScaleRule.MeanSquaredError, _ => WeightScaleRule.Automatic },
            Equalize = Choice(parsed, _equalize, _noEqualize),
            CorrectBias = Choice(parsed, _correct, _noCorrect),
            AdaptiveRounding = parsed.GetValue(_adaptive) ? new AdaptiveRoundingOptions() : null,
            RoundSums = parsed.GetValue(_sums),
            KeepFloat = [.. parsed.GetValue(_keep)!.Where(pattern => pattern != Auto)],
        };
    }

    /// <summary>The accuracy that may be lost, or <see langword="null"/> if no layers are sought to keep in floating point.</summary>
    internal double? MaximumLoss(ParseResult parsed) => Searches(parsed) ? parsed.GetValue(_loss) : null;

    private bool Searches(ParseResult parsed) => parsed.GetValue(_keep)!.Contains(Auto);

    private static bool? Choice(ParseResult parsed, Option<bool> yes, Option<bool> no) => (parsed.GetValue(yes), parsed.GetValue(no)) switch
    {
        (true, true) => throw new EspalierException($"{yes.Name} and {no.Name} exclude each other: give one of them, or neither to choose by the measured error"),
        (true, false) => true,
        (false, true) => false,
        _ => null,
    };

    private static void Refuse(ParseResult parsed, Option option, bool isUseless, string user)
    {
        if (isUseless && parsed.GetResult(option) is { Implicit: false })
        {
            throw new EspalierException($"{option.Name} is for {user} only");
        }
    }
}
