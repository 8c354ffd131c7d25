using Espalier.Training;

namespace Espalier.Cli;

/// <summary>The options that choose an optimizer.</summary>
internal sealed class OptimizerChoiceOptions
{
    private const double SgdRate = 0.1; // He 2015, for batches of 128 to 256
    private const double SgdDecay = 1e-4; // He 2015
    private const double AdamWRate = 1e-3; // PyTorch's
    private const double AdamWDecay = 0.05; // common for images since DeiT (Touvron 2021)

    private readonly Option<string> _optimizer = new("--optimizer") { Description = "sgd (with momentum, the default) or adamw.", HelpName = "NAME", CompletionSources = { "sgd", "adamw" }, DefaultValueFactory = _ => "sgd" };
    private readonly Option<double> _rate;
    private readonly Option<double> _momentum = DecimalOptions.Create("--momentum", "The momentum of sgd.", 0, 1, 0.9);
    private readonly Option<bool> _nesterov = new("--nesterov") { Description = "Uses Nesterov momentum with sgd." };
    private readonly Option<double> _decay = DecimalOptions.Create("--weight-decay", $"The weight decay; by default {Text(SgdDecay)} for sgd and {Text(AdamWDecay)} for adamw.", 0, double.PositiveInfinity);
    private readonly Option<bool> _spare = new("--no-norm-decay") { Description = "Applies no weight decay to the parameters of norms and to biases." };

    private readonly double _rateShare;

    /// <param name="rateShare">The factor of the default learning rates: less than 1 for networks that are already trained.</param>
    internal OptimizerChoiceOptions(double rateShare)
    {
        _rateShare = rateShare;
        _rate = DecimalOptions.Create("--lr", $"The base learning rate of the schedule; by default {Text(SgdRate * rateShare)} for sgd and {Text(AdamWRate * rateShare)} for adamw.", 0, double.PositiveInfinity);
    }

    internal void AddTo(Command command) => command.AddAll(_optimizer, _rate, _momentum, _nesterov, _decay, _spare);

    /// <summary>The optimizer and its base learning rate.</summary>
    internal (OptimizerOptions Optimizer, double Rate) Read(ParseResult parsed)
    {
        string? name = parsed.GetValue(_optimizer);
        Option? stray = Array.Find<Option>([_momentum, _nesterov], option => parsed.GetResult(option) is { Implicit: false });
        if (name == "adamw" && stray is not null)
        {
            throw new EspalierException($"{stray.Name} is for --optimizer sgd, found 'adamw'");
        }

        bool decayAll = !parsed.GetValue(_spare);
        if (parsed.GetValue(_nesterov) && parsed.GetValue(_momentum) == 0)
        {
            throw new EspalierException("--nesterov needs a --momentum above 0");
        }

        return name switch
        {
            "sgd" => (
                new SgdOptions
                {
                    Momentum = parsed.GetValue(_momentum),
                    Nesterov = parsed.GetValue(_nesterov),
                    WeightDecay = parsed.Given(_decay) ?? SgdDecay,
                    DecayNormAndBias = decayAll,
                },
                parsed.Given(_rate) ?? (SgdRate * _rateShare)),
            "adamw" => (new AdamWOptions { WeightDecay = parsed.Given(_decay) ?? AdamWDecay, DecayNormAndBias = decayAll }, parsed.Given(_rate) ?? (AdamWRate * _rateShare)),
            string other => throw new EspalierException($"--optimizer is sgd or adamw, found '{other}'"),
            null => throw new EspalierException("--optimizer is sgd or adamw"),
        };
    }

    private static string Text(double number) => number.ToString("0.#####", CultureInfo.InvariantCulture);
}
